-- One row a row of the review platforms' and social networks' posts. A post that comes again, with a reply for
-- instance, counts as it came last. Each platform numbers its own posts.
{% set row_rules = [
    required('post_id'),
    required('platform'),
    required('handle'),
    required('kind'),
    one_of('kind', ['review', 'mention']),
    row_rule('rating', "kind = 'review' and rating is null", 'is missing'),
    an_integer('rating'),
    on_its_scale('rating'),
    required('posted_at'),
    a_time('posted_at'),
    not_before_the_company('posted_at', 'social'),
    not_in_the_future('posted_at', 'social'),
    a_time('replied_at'),
    not_before_the_company('replied_at', 'social'),
    not_in_the_future('replied_at', 'social'),
    not_before('replied_at', 'posted_at', 'social'),
] %}
{% set said = [
    'post_id', 'platform', 'handle', 'kind', 'rating', 'language', 'text', 'product_id', 'posted_at',
    'reply_text', 'replied_at', '_new_columns',
] %}
{% set all_rules = row_rules + delivered_once('post_id', newest_counts=true) %}

select
    platform || ':' || post_id as post_key,
    platform,
    {{ known_key('handle') }} as handle,
    kind,
    {{ try_integer('rating') }} as rating,
    language,
    text as post_text,
    product_id as source_product_id,
    {{ source_time('posted_at', 'social') }} as posted_at,
    reply_text,
    {{ source_time('replied_at', 'social') }} as replied_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(all_rules) }} as quarantine_value
from {{ with_row_rules(
    with_deliveries(
        with_scale(source('social', 'posts'), instrument='social_review', question='rating'),
        said, ['platform', 'post_id'], row_rules, newest_counts=true
    ),
    all_rules
) }} as raw_row
