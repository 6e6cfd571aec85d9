{% macro events_as_of(was_at, known_at, timeline, corrections) -%}
    {#-
        The events that had occurred before `was_at`, as the warehouse knew them at `known_at`: a row an event. Both are
        expressions of a timestamp. `was_at` asks what had happened, `known_at` what had been heard of it by then; with
        late data, corrections and people recognised later the two differ.
    -#}
    (
        {%- for relation, until in [(timeline, none), (corrections, 'known_to')] %}
        select
            event_id, customer_id, data_type, entity, event_type, occurred_at, business_date, loaded_at, source_system,
            source_record_id, channel, touchpoint, description, event_value
        from {{ relation }}
        where occurred_at < {{ was_at }} and known_from <= {{ known_at }}
        {%- if until %} and {{ until }} > {{ known_at }}{% endif %}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
