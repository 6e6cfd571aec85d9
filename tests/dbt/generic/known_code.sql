{% test known_code(model, column_name) %}
    {#- What stands in a coded column is one of the codes that seeds/codes lists for it. -#}
    select coded.{{ column_name }}, count(*) as row_count
    from {{ model }} as coded
    left join {{ ref('codes') }} as code
        on code.entity = '{{ model.identifier }}'
        and code.column_name = '{{ column_name }}'
        and code.code = coded.{{ column_name }}
    where coded.{{ column_name }} is not null and code.code is null
    group by coded.{{ column_name }}
{% endtest %}
