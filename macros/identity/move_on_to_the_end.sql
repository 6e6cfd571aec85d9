{% macro move_on_to_the_end(moves) %}
    {#- Where a number's target moves itself, the number goes there too, until every target stays where it is. -#}
    {%- set further -%}
        select move.number, coalesce(onward.target, move.target) as target
        from {{ moves }} as move
        left join {{ moves }} as onward on move.target = onward.number
    {%- endset -%}
    {%- set unfinished = '(select 1 from ' ~ moves ~ ' as move inner join ' ~ moves
        ~ ' as onward on move.target = onward.number) as unfinished' -%}
    {%- set state = namespace(unfinished=row_count(unfinished)) -%}
    {%- for _ in range(64) -%}
        {%- if state.unfinished -%}
            {%- do create_anew(moves, further) -%}
            {%- set state.unfinished = row_count(unfinished) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
