{% macro a_known_channel(column='channel') %}
    {{ return(row_rule(column, column ~ ' is not null and known_channel is null', 'is not a known channel')) }}
{% endmacro %}
