-- One row a row of Zendesk's tickets. Times are UTC.
{% set row_rules = [
    required('id'),
    required('requester_id'),
    required('status'),
    one_of('status', ['new', 'open', 'pending', 'hold', 'solved', 'closed']),
    one_of('priority', ['low', 'normal', 'high', 'urgent']),
    a_json_list('tags'),
    required('created_at'),
    an_offset_time('created_at'),
    not_before_the_company('created_at', 'zendesk'),
    not_in_the_future('created_at', 'zendesk'),
] %}

with tickets as (
    select raw_row.*, {{ json_field('via', ['channel']) }} as via_channel
    from {{ source('zendesk', 'tickets') }} as raw_row
)

select
    id as ticket_id,
    requester_id as source_customer_id,
    -- What came by a program or an app of somebody's is of no channel that is known.
    known_channel as channel,
    case when status = 'hold' then 'on_hold' else status end as status,
    priority,
    assignee_id as agent,
    coalesce(tags like '%"closed_by_merge"%', false) as is_merged,
    {{ try_offset_time('created_at') }} as created_at,
    {{ utc_offset('created_at') }} as utc_offset,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(with_known_channel('tickets', 'zendesk', 'via_channel'), row_rules) }} as raw_row
