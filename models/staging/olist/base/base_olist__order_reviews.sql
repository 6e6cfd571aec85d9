-- One row a row of Olist's reviews: a review and one order it speaks of.
{% set row_rules = [
    required('review_id'),
    required('order_id'),
    required('review_score'),
    an_integer('review_score'),
    between('review_score', 1, 5),
    required('review_creation_date'),
    a_time('review_creation_date'),
    not_before_the_company('review_creation_date', 'olist'),
    not_in_the_future('review_creation_date', 'olist'),
    required('review_answer_timestamp'),
    a_time('review_answer_timestamp'),
    not_before_the_company('review_answer_timestamp', 'olist'),
    not_in_the_future('review_answer_timestamp', 'olist'),
    order_not_in_quarantine(),
] %}

select
    review_id,
    order_id as source_order_id,
    {{ try_integer('review_score') }} as score,
    review_comment_title as comment_title,
    review_comment_message as comment_message,
    {{ source_time('review_creation_date', 'olist') }} as requested_at,
    {{ source_time('review_answer_timestamp', 'olist') }} as answered_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_order_validation(source('olist', 'order_reviews'), ref('base_olist__orders')), row_rules
) }} as raw_row
