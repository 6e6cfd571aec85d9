{% macro snapshot_content_md5(customer_id='customer_id') -%}
    {#- What is said of a customer's month, as an MD5: it is another where one of the columns would come out differently. -#}
    md5(concat_ws(
        '|'
        {%- for column, type in snapshot_content().items() %},
        coalesce({{ exact_text(customer_id if column == 'customer_id' else column, type) }}, '')
        {%- endfor %}
    ))
{%- endmacro %}
