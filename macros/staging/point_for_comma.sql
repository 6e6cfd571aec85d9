{% macro point_for_comma(text, is_grouped=true) -%}
    {#-
        A number with a decimal comma (1.234,56) as one with a point (1234.56); any other text as it stands. Where the
        files never group thousands (`is_grouped` false), 1.234 may be either: with a question mark behind it, it is no
        number, and a_number sets it aside.
    -#}
    {%- set marks = '. \u2019\u00a0\u202f' -%}
    {%- set grouped = '[0-9]{1,3}([' ~ marks ~ '\\x27][0-9]{3})+|' if is_grouped else '' -%}
    case
        when {{ matches(text, '^[+-]?(' ~ grouped ~ '[0-9]+)(,[0-9]+)?\\z') }}
            then replace(replace(translate({{ text }}, '{{ marks }}', ''), chr(39), ''), ',', '.')
        {%- if not is_grouped %}
        when {{ matches(text, '^[+-]?[1-9][0-9]{0,2}[.][0-9]{3}\\z') }} then {{ text }} || '?'
        {%- endif %}
        else {{ text }}
    end
{%- endmacro %}
