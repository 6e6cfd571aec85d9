{% macro delivered_once(column, newest_counts=false) %}
    {#- Row rules over `with_deliveries`: a row whose key another one has that counts is set aside. -#}
    {%- set other = 'is of a row that came anew' if newest_counts else 'is of another row with other content' -%}
    {{ return([
        row_rule(column, "_repeats = 'copy'", 'is of a row that was delivered twice'),
        row_rule(column, "_repeats = 'other'", other),
    ]) }}
{% endmacro %}
