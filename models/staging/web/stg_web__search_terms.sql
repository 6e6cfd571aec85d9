-- What visitors typed into the search box: free text.
with site_events as (
    select * from {{ loaded_rows(ref('base_web__events')) }}
),

app_events as (
    select * from {{ loaded_rows(ref('base_web__app_events')) }}
),

events as (
    select event_id, loaded_at, search_term from site_events
    union all
    select event_id, loaded_at, search_term from app_events
)

select
    'web:' || event_id as web_event_id,
    'web' as source_system,
    loaded_at,
    search_term
from events
where search_term is not null
