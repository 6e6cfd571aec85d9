{% macro moment_of(column, source, zone_column=none, is_typed=false) -%}
    {#- A raw time column of `source` as a UTC timestamp, read as `source_time` does; one of a typed file is one already. -#}
    {{ return(column if is_typed else source_time(column, source, zone_column)) }}
{%- endmacro %}
