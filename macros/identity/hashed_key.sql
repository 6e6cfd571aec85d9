{% macro hashed_key(identifier) -%}
    {#-
        The key that stands for what names a person (an e-mail address, a telephone or loyalty number, a handle) wherever
        customers are told apart: the identifier itself stays in the schema `restricted`. Case, blanks of any script and
        full-width letters make no other customer.
    -#}
    {{ keyed_pseudonym('md5(' ~ one_spelling(identifier) ~ ')') }}
{%- endmacro %}
