{% macro numbered_keys(pairs) -%}
    {#- Every key that stands in `pairs`, numbered in the order of the keys. -#}
    select key, row_number() over (order by key) as number
    from (select key from ({{ pairs }}) as pair union select neighbour from ({{ pairs }}) as pair) as named
{%- endmacro %}
