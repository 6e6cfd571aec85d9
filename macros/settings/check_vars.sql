{% macro check_vars() %}
    {#- Refuses vars of dbt_project.yml that are not what its `permitted_values` say: all of them in one message. -#}
    {%- set refused = [] -%}
    {%- for name, permitted in var('permitted_values').items() -%}
        {%- set value = var(name, none) -%}
        {%- set is_collection = value is not string and value is iterable -%}
        {%- set parts = value.values() | list if value is mapping else value if is_collection else [value] -%}
        {%- for part in parts if is_collection != ('each' in permitted)
            or not is_permitted(part, permitted.get('each', permitted)) -%}
            {%- do refused.append(
                "  " ~ name ~ " is " ~ ("'" ~ value ~ "'" if value is string else value)
                ~ (", with " ~ part if is_collection) ~ "; permitted: " ~ ("each " if 'each' in permitted)
                ~ in_words(permitted.get('each', permitted))
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if refused -%}
        {{ exceptions.raise_compiler_error("vars that cannot be (dbt_project.yml, or --vars):\n" ~ refused | join('\n')) }}
    {%- endif -%}
{% endmacro %}
