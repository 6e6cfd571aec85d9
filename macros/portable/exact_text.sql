{% macro exact_text(value, type) -%}
    {#-
        A value in the type its contract names, as text that is the same on both engines. dbt-spark turns ANSI mode off,
        and Spark then writes a decimal with more than six places as 0E-12 or 1.0E-7: those are moved by six places.
    -#}
    {%- set typed = 'cast(' ~ value ~ ' as ' ~ type ~ ')' -%}
    {%- set scale = type.split(',')[1].strip(' )') | int if type.startswith('decimal') and ',' in type else 0 -%}
    {%- if scale > 6 -%}
    cast(cast(cast({{ typed }} as decimal(28, {{ scale }})) * 1000000 as decimal(38, 6)) as string)
    {%- else -%}
    cast({{ typed }} as string)
    {%- endif -%}
{%- endmacro %}
