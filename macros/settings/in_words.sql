{% macro in_words(permitted) %}
    {#- What `permitted`, of `permitted_values` of dbt_project.yml, asks for. -#}
    {%- if 'one_of' in permitted -%}
        {{ return('one of ' ~ permitted['one_of'] | join(', ')) }}
    {%- elif 'a' in permitted -%}
        {{ return('a ' ~ permitted['a'] ~ ' such as ' ~ permitted['such_as']) }}
    {%- elif 'like' in permitted -%}
        {{ return('written like ' ~ permitted['such_as']) }}
    {%- endif -%}
    {{ return(('a whole number' if permitted.get('whole', false) else 'a number') ~ ' from ' ~ permitted['from']
              ~ ' to ' ~ permitted['to']) }}
{% endmacro %}
