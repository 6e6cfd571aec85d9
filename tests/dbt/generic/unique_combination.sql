{% test unique_combination(model, columns) %}
    {#- No two rows agree in all of `columns`, nulls included. -#}
    select {{ columns | join(', ') }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
