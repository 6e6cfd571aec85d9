{% macro point_for_comma(text) -%}
    {#- A number with a decimal comma (1.234,56) as one with a point (1234.56); any other text as it stands. -#}
    case
        when {{ matches(text, '^[+-]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?\\z') }}
            then replace(replace({{ text }}, '.', ''), ',', '.')
        else {{ text }}
    end
{%- endmacro %}
