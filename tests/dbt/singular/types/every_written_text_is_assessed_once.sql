-- Every text of a customer, wherever it is kept, is in `text_assessments`; blanks are no text.
with written as (
    select 'review' as text_kind, review_order_id as record_key
    from {{ ref('review_comments') }}
    where trim(both ' ' from concat_ws(' ', comment_title, comment_message)) <> ''

    union all

    select 'survey_comment' as text_kind, survey_answer_id as record_key
    from {{ ref('survey_comments') }}
    where trim(both ' ' from comment) <> ''

    union all

    select 'mention' as text_kind, mention_id as record_key
    from {{ ref('mention_texts') }}
    where trim(both ' ' from mention_text) <> ''

    union all

    select 'ticket_comment' as text_kind, texts.ticket_comment_id as record_key
    from {{ ref('ticket_comment_texts') }} as texts
    inner join {{ ref('ticket_comments') }} as comments
        on texts.ticket_comment_id = comments.ticket_comment_id
    where comments.author = 'customer' and trim(both ' ' from texts.comment_text) <> ''
),

assessed as (
    select text_id, text_kind, model_version, language
    from {{ ref('text_assessments') }}
)

select
    coalesce(written.text_kind, assessed.text_kind) as text_kind,
    coalesce(written.record_key, assessed.text_id) as record_key
from written
full outer join assessed on written.text_kind || ':' || written.record_key = assessed.text_id
where written.record_key is null
    or assessed.text_id is null
    or (assessed.model_version is null) <> (assessed.language is null)
