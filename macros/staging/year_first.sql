{% macro year_first(text, day_order) -%}
    {#-
        A time whose day is written as 31.12.2024 (`day_order` dmy) or 12/31/2024 (mdy), with the year first; any other
        text as it stands. Whether the day exists is for a_time to say.
    -#}
    {%- set day = '^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([1-9][0-9]{3})' -%}
    {%- set month = 2 if day_order == 'dmy' else 1 -%}
    case
        when {{ matches(text, day) }}
            then concat_ws('-', {% for part in [3, month, 3 - month] -%}
                regexp_extract({{ text }}, '{{ day }}', {{ part }}){{ ', ' if not loop.last }}
            {%- endfor %}) || substr({{ text }}, length(regexp_extract({{ text }}, '{{ day }}', 0)) + 1)
        else {{ text }}
    end
{%- endmacro %}
