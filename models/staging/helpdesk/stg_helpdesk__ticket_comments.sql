-- Who wrote when, and how much. What they wrote is in `ticket_comment_texts`.
with comments as (
    select * from {{ loaded_rows(ref('base_helpdesk__comments')) }}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
)

select
    'helpdesk:' || comments.comment_id as ticket_comment_id,
    'helpdesk:' || comments.ticket_id as ticket_id,
    'helpdesk' as source_system,
    comments.comment_id as source_record_id,
    tickets.customer_namespace,
    tickets.source_customer_id,
    comments.created_at as occurred_at,
    comments.loaded_at,
    comments.utc_offset,
    tickets.channel,
    comments.author,
    comments.is_public,
    cast(coalesce(length(comments.body), 0) as bigint) as text_length
from comments
left join tickets on comments.ticket_id = tickets.source_record_id
