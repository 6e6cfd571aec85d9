-- One row a row of Zendesk's ratings of how a ticket was handled: one that was only offered is none yet.
{% set row_rules = [
    required('id'),
    required('ticket_id'),
    required('score'),
    one_of('score', [
        'offered', 'unoffered', 'good', 'bad', 'good_with_comment', 'bad_with_comment', 'good_without_comment',
        'bad_without_comment'
    ]),
    required('updated_at'),
    an_offset_time('updated_at'),
    not_before_the_company('updated_at', 'zendesk'),
    not_in_the_future('updated_at', 'zendesk'),
    belongs_to('ticket_id', 'ticket'),
] %}

select
    id as source_rating_id,
    ticket_id,
    case when score like 'good%' then 1 when score like 'bad%' then 0 end as rating_score,
    case when not {{ is_blank('comment') }} then comment end as rating_comment,
    {{ try_offset_time('updated_at') }} as rated_at,
    {{ utc_offset('updated_at') }} as utc_offset,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(source('zendesk', 'satisfaction_ratings'), ref('base_zendesk__tickets'), 'ticket_id'),
    row_rules
) }} as raw_row
