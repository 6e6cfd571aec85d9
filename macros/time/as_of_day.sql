{% macro as_of_day() %}
    {#- The day that was asked for, as text; empty where the data say it. -#}
    {{ return(env_var('CEM_AS_OF', '')) }}
{% endmacro %}
