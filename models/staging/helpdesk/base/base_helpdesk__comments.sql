-- One row a row of the help desk's comments. Times come with their offset.
{% set row_rules = [
    required('comment_id'),
    required('ticket_id'),
    required('author'),
    one_of('author', ['customer', 'agent']),
    a_boolean('is_public'),
    required('created_at'),
    an_offset_time('created_at'),
    not_before_the_company('created_at', 'helpdesk'),
    not_in_the_future('created_at', 'helpdesk'),
    belongs_to('ticket_id', 'ticket'),
] %}

select
    comment_id,
    ticket_id,
    author,
    {{ try_boolean('is_public') }} as is_public,
    body,
    {{ try_offset_time('created_at') }} as created_at,
    {{ utc_offset('created_at') }} as utc_offset,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(
        source('helpdesk', 'comments'), ref('base_helpdesk__tickets'), 'ticket_id'
    ),
    row_rules
) }} as raw_row
