-- What customers wrote, wherever they wrote it, with what they meant where they rated it too. What agents write is no
-- attitude. A model may learn from the months that are over: so it is made anew once a month, and the texts of this
-- month are new to it.
with ratings as (
    select record_key, rated_class
    from {{ ref('int_satisfaction__scaled_items') }}
),

reviews as (
    select reviews.*, comments.comment_title, comments.comment_message, ratings.rated_class
    from {{ ref('reviews') }} as reviews
    inner join {{ ref('review_comments') }} as comments
        on reviews.review_order_id = comments.review_order_id
    left join ratings on reviews.review_order_id = ratings.record_key
),

answers as (
    select answers.*, comments.comment_text, ratings.rated_class
    from {{ ref('survey_answers') }} as answers
    inner join {{ ref('survey_comments') }} as comments
        on answers.survey_answer_id = comments.survey_answer_id
    left join ratings on answers.survey_answer_id = ratings.record_key
),

mentions as (
    select mentions.*, texts.mention_text
    from {{ ref('mentions') }} as mentions
    inner join {{ ref('mention_texts') }} as texts
        on mentions.mention_id = texts.mention_id
),

ticket_comments as (
    select comments.*, texts.comment_text
    from {{ ref('ticket_comments') }} as comments
    inner join {{ ref('ticket_comment_texts') }} as texts
        on comments.ticket_comment_id = texts.ticket_comment_id
    where comments.author = 'customer'
),

texts as (
    select
        'review' as text_type,
        review_order_id as record_key,
        customer_id,
        source_system,
        source_record_id,
        customer_namespace,
        source_customer_id,
        occurred_at,
        business_date,
        loaded_at,
        channel,
        language as stated_language,
        rated_class,
        trim(both ' ' from concat_ws(chr(10), comment_title, comment_message)) as text
    from reviews

    union all

    select
        'survey_comment',
        survey_answer_id,
        customer_id,
        source_system,
        source_record_id,
        customer_namespace,
        source_customer_id,
        occurred_at,
        business_date,
        loaded_at,
        channel,
        cast(null as string),
        rated_class,
        trim(both ' ' from comment_text)
    from answers

    union all

    select
        'mention',
        mention_id,
        customer_id,
        source_system,
        source_record_id,
        customer_namespace,
        source_customer_id,
        occurred_at,
        business_date,
        loaded_at,
        channel,
        language,
        cast(null as string),
        trim(both ' ' from mention_text)
    from mentions

    union all

    select
        'ticket_comment',
        ticket_comment_id,
        customer_id,
        source_system,
        source_record_id,
        customer_namespace,
        source_customer_id,
        occurred_at,
        business_date,
        loaded_at,
        channel,
        cast(null as string),
        cast(null as string),
        trim(both ' ' from comment_text)
    from ticket_comments
),

this_month as (
    select cast(date_trunc('month', as_of_date) as date) as month_date
    from {{ ref('int_clock__as_of') }}
)

select
    text_type || ':' || record_key as text_id,
    text_type,
    customer_id,
    source_system,
    source_record_id,
    customer_namespace,
    source_customer_id,
    occurred_at,
    business_date,
    loaded_at,
    channel,
    stated_language,
    rated_class,
    rated_class is not null and business_date < (select this_month.month_date from this_month) as is_for_training,
    cast(char_length(text) as bigint) as character_count,
    md5(text) as text_key,
    text
from texts
where text <> ''
