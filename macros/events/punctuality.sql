{% macro punctuality(promised_at, delivered_at, known_at) -%}
    {#-
        Whether a delivery was `on time` or `late`, as far as it was known at `known_at`: one that had not come by then is
        late once what was promised is over. Null where nothing was promised, or nothing is to be said yet.
    -#}
    case
        when {{ promised_at }} is null then null
        when {{ delivered_at }} <= {{ known_at }} and {{ delivered_at }} <= {{ promised_at }} then 'on time'
        when {{ known_at }} > {{ promised_at }} then 'late'
    end
{%- endmacro %}
