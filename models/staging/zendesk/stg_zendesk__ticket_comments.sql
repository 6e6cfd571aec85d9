-- Who wrote when, and how much. What they wrote is in `ticket_comment_texts`.
with comments as (
    select * from {{ ref('base_zendesk__event_parts') }}
    where part_type = 'Comment'
),

tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
),

users as (
    select * from {{ loaded_rows(ref('base_zendesk__users')) }}
)

select
    'zendesk:' || comments.source_part_id as ticket_comment_id,
    'zendesk:' || comments.ticket_id as ticket_id,
    'zendesk' as source_system,
    comments.source_part_id as source_record_id,
    tickets.customer_namespace,
    tickets.source_customer_id,
    comments.occurred_at,
    comments.loaded_at,
    comments.utc_offset,
    tickets.channel,
    case
        when comments.author_id = tickets.source_customer_id or users.is_customer then 'customer'
        else 'agent'
    end as author,
    comments.is_public,
    cast(coalesce(length(comments.body), 0) as bigint) as text_length
from comments
left join tickets on comments.ticket_id = tickets.source_record_id
left join users on comments.author_id = users.source_customer_id
