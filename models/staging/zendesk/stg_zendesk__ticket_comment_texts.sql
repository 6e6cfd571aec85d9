with comments as (
    select * from {{ ref('base_zendesk__event_parts') }}
    where part_type = 'Comment' and body is not null
)

select
    'zendesk:' || source_part_id as ticket_comment_id,
    'zendesk' as source_system,
    loaded_at,
    body as comment_text
from comments
