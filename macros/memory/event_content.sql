{% macro event_content(customer_id='customer_id', event_type='event_type', is_identified='is_identified') -%}
    {#- What is told of an event, as an MD5: it is another where the event is told differently. -#}
    md5(concat_ws(
        '|',
        {% for value in [customer_id, event_type, 'occurred_at', 'channel', 'touchpoint', is_identified, 'description',
                         'event_value'] -%}
        coalesce(cast({{ value }} as string), ''){{ ',' if not loop.last }}
        {% endfor %}
    ))
{%- endmacro %}
