with staged as (
    {{ union_staging('search_terms') }}
)

select
    web_event_id,
    source_system,
    loaded_at,
    search_term
from staged
