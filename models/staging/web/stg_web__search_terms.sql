-- What visitors typed into the search box: free text.
with events as (
    {% for table in ['events', 'app_events'] %}
    select
        '{{ table }}:' || event_id as source_record_id,
        loaded_at,
        search_term
    from {{ loaded_rows(ref('base_web__' ~ table)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    'web:' || source_record_id as web_event_id,
    'web' as source_system,
    loaded_at,
    search_term
from events
where search_term is not null
