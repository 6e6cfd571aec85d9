{% macro belongs_to(key, what) %}
    {{ return(row_rule(key, 'not is_of_loaded_parent', 'is of no ' ~ what ~ ' that was loaded')) }}
{% endmacro %}
