{% macro validated_rows(source, raw_tables) %}
    {#- Where each raw row of `source` came from and what was validated of it, over its base models. -#}
    {%- for raw_table in raw_tables %}
    select
        '{{ source }}' as source_system,
        '{{ raw_table }}' as raw_table,
        file_name,
        file_row,
        loaded_at,
        quarantine_rule,
        quarantine_value
    from {{ ref('base_' ~ source ~ '__' ~ raw_table) }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
