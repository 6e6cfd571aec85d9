{% macro message_has_happened() -%}
    {#- Whether a row of message_events happened at all: what was only planned, or held out on purpose, did not. -#}
    event_type not in ('planned', 'held_out')
{%- endmacro %}
