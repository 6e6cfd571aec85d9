{% macro without_grouping(text) -%}
    {#- A number whose thousands are grouped (1,234.56; 1'234.56) as one without; any other text as it stands. -#}
    {%- set marks = ', \u2019\u00a0\u202f' -%}
    case
        when {{ matches(text, '^[+-]?[0-9]{1,3}([' ~ marks ~ '\\x27][0-9]{3})+([.][0-9]+)?\\z') }}
            then replace(translate({{ text }}, '{{ marks }}', ''), chr(39), '')
        else {{ text }}
    end
{%- endmacro %}
