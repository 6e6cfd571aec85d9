{% macro not_before(column, other, source, zone_column=none) %}
    {#- Both become moments before they are compared: each text may name a zone of its own. -#}
    {%- set earliest = add_minutes(moment_of(other, source, zone_column), -(var('clock_tolerance_minutes') | int)) -%}
    {{ return(row_rule(column, moment_of(column, source, zone_column) ~ ' < ' ~ earliest, 'is before ' ~ other)) }}
{% endmacro %}
