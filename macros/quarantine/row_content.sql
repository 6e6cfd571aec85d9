{% macro row_content(columns) -%}
    {#- An MD5 of what a row says in `columns`. -#}
    md5(concat_ws('|', {% for column in columns %}coalesce(cast({{ column }} as string), '~'){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}
