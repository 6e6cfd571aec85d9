{% macro declared_events() %}
    {#- What each of the four types says of its events, as SQL on its columns. Where it says nothing, an event has no
        channel, touchpoint or value, every row with a time counts, and its time is the row's. -#}
    {%- set unsaid = {
        'occurred_at': 'occurred_at', 'business_date': 'business_date', 'where': 'true', 'is_identified': 'true',
        'channel': 'null', 'touchpoint': 'null', 'event_value': 'null',
    } -%}
    {%- set said = {
        'descriptive': descriptive_events(), 'behavioural': behavioural_events(),
        'attitudinal': attitudinal_events(), 'interaction': interaction_events(),
    } -%}
    {%- set declared = [] -%}
    {%- for data_type, events in said.items() -%}
        {%- for event in events -%}
            {%- do declared.append(dict(unsaid, data_type=data_type, **event)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(declared) }}
{% endmacro %}
