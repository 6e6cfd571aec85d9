-- Every text of a customer, wherever it is kept, is in `text_assessments`; blanks are no text.
with written as (
    select 'review' as text_type, review_order_id as record_key
    from {{ ref('review_comments') }}
    where trim(both ' ' from concat_ws(' ', comment_title, comment_message)) <> ''

    union all

    select 'survey_comment' as text_type, survey_answer_id as record_key
    from {{ ref('survey_comments') }}
    where trim(both ' ' from comment_text) <> ''

    union all

    select 'mention' as text_type, mention_id as record_key
    from {{ ref('mention_texts') }}
    where trim(both ' ' from mention_text) <> ''

    union all

    select 'ticket_comment' as text_type, texts.ticket_comment_id as record_key
    from {{ ref('ticket_comment_texts') }} as texts
    inner join {{ ref('ticket_comments') }} as comments
        on texts.ticket_comment_id = comments.ticket_comment_id
    where comments.author = 'customer' and trim(both ' ' from texts.comment_text) <> ''
),

assessed as (
    select text_id, text_type, model_version, language
    from {{ ref('text_assessments') }}
)

select
    coalesce(written.text_type, assessed.text_type) as text_type,
    coalesce(written.record_key, assessed.text_id) as record_key
from written
full outer join assessed on written.text_type || ':' || written.record_key = assessed.text_id
where written.record_key is null
    or assessed.text_id is null
    or (assessed.model_version is null) <> (assessed.language is null)
