-- One row a row of the help desk's tickets. Times come with the offset of the desk's local time.
{% set row_rules = [
    required('ticket_id'),
    a_known_channel(),
    one_of('category', ['delivery', 'product', 'payment', 'account', 'advice', 'complaint']),
    required('status'),
    one_of('status', ['new', 'open', 'pending', 'on_hold', 'solved', 'closed']),
    one_of('priority', ['low', 'normal', 'high', 'urgent']),
    required('created_at'),
    an_offset_time('created_at'),
    not_before_the_company('created_at', 'helpdesk'),
    not_in_the_future('created_at', 'helpdesk'),
    an_offset_time('first_replied_at'),
    not_before_the_company('first_replied_at', 'helpdesk'),
    not_in_the_future('first_replied_at', 'helpdesk'),
    not_before('first_replied_at', 'created_at', 'helpdesk'),
    an_offset_time('solved_at'),
    not_before_the_company('solved_at', 'helpdesk'),
    not_in_the_future('solved_at', 'helpdesk'),
    not_before('solved_at', 'created_at', 'helpdesk'),
    an_integer('satisfaction_score'),
    on_its_scale('satisfaction_score'),
    row_rule('satisfaction_rated_at', 'satisfaction_score is not null and satisfaction_rated_at is null', 'is missing'),
    an_offset_time('satisfaction_rated_at'),
    not_before_the_company('satisfaction_rated_at', 'helpdesk'),
    not_in_the_future('satisfaction_rated_at', 'helpdesk'),
] %}

select
    ticket_id,
    {{ known_key('requester_email') }} as requester_email,
    {{ known_key('customer_number') }} as customer_number,
    order_id as source_order_id,
    known_channel as channel,
    category,
    status,
    priority,
    agent,
    {{ try_offset_time('created_at') }} as created_at,
    {{ utc_offset('created_at') }} as utc_offset,
    {{ try_offset_time('first_replied_at') }} as first_replied_at,
    {{ try_offset_time('solved_at') }} as solved_at,
    {{ try_integer('satisfaction_score') }} as satisfaction_score,
    {{ try_offset_time('satisfaction_rated_at') }} as satisfaction_rated_at,
    {{ utc_offset('satisfaction_rated_at') }} as satisfaction_utc_offset,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_scale(
        with_known_channel(source('helpdesk', 'tickets'), 'helpdesk'), instrument='ticket_rating', question='rating'
    ),
    row_rules
) }} as raw_row
