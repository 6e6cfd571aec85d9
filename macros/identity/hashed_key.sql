{% macro hashed_key(identifier) -%}
    {#-
        The key that stands for what names a person (an e-mail address, a telephone or loyalty number, a handle) wherever
        customers are told apart: the identifier itself stays in the schema `restricted`. Upper and lower case, and
        spaces around it, make no other customer.
    -#}
    md5(lower(trim(both ' ' from {{ identifier }})))
{%- endmacro %}
