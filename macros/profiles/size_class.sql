{% macro size_class(figure) -%}
    {#- The size of a figure, in steps of 1, 2, 5, 10 and so on: what is wrong by a factor of two is seen, not by a tenth. -#}
    case
        when {{ figure }} is null then 'missing'
        when {{ figure }} < 0 then 'below 0'
        when {{ figure }} = 0 then '0'
        {%- for bound in [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000] %}
        when {{ figure }} < {{ bound }} then 'below {{ bound }}'
        {%- endfor %}
        else '100000 or more'
    end
{%- endmacro %}
