{% macro repeated_rows(relation, columns, key, rules, newest_counts) -%}
    {#- The rows of `with_deliveries` whose key there is more than once, each with its place among those. -#}
    {%- set turn = ' desc' if newest_counts else '' -%}
    (
        select
            repeated.*,
            _file_name,
            _file_row,
            {{ row_content(columns) }} as content,
            row_number() over (
                partition by {{ key_names(key) }}
                order by
                    case when {{ quarantine_rule(rules) }} is null then 0 else 1 end, _file_name{{ turn }}, _file_row{{ turn }}
            ) as place
        from {{ relation }} as raw_row
        inner join (
            select {% for part in key %}{{ part }} as key_{{ loop.index }}, {% endfor %}count(*) as delivery_count
            from {{ relation }} as raw_row
            group by {{ key | join(', ') }}
            having count(*) > 1
        ) as repeated
            on {% for part in key %}{{ part }} = repeated.key_{{ loop.index }}{{ ' and ' if not loop.last }}{% endfor %}
    )
{%- endmacro %}
