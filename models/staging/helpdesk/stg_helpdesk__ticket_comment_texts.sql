with comments as (
    select * from {{ loaded_rows(ref('base_helpdesk__comments')) }}
    where body is not null
)

select
    'helpdesk:' || comment_id as ticket_comment_id,
    'helpdesk' as source_system,
    loaded_at,
    body as comment_text
from comments
