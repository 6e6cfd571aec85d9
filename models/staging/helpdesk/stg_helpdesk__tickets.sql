with tickets as (
    select * from {{ loaded_rows(ref('base_helpdesk__tickets')) }}
)

select
    'helpdesk:' || ticket_id as ticket_id,
    'helpdesk' as source_system,
    ticket_id as source_record_id,
    -- Whom no agent linked to a customer record is known by the address alone.
    case
        when customer_number is not null then 'crm'
        when requester_email is not null then 'email'
    end as customer_namespace,
    coalesce(customer_number, {{ hashed_key('requester_email') }}) as source_customer_id,
    created_at as occurred_at,
    loaded_at,
    utc_offset,
    'shop:' || source_order_id as order_id,
    channel,
    category,
    status,
    priority,
    agent,
    first_replied_at,
    solved_at,
    cast(satisfaction_score as decimal(9, 2)) as satisfaction_score,
    satisfaction_rated_at,
    satisfaction_utc_offset
from tickets
