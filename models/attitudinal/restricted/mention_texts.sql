with staged as (
    {{ union_staging('mention_texts') }}
)

select
    mention_id,
    source_system,
    loaded_at,
    language,
    mention_text,
    reply_text
from staged
