{% macro names_of_before(history) -%}
    {#-
        The ids of customers that were made of keys of before, and what they are from now on. An id is made of a key, and
        of its generation, too, where another customer had the id (int_identity__key_history).
    -#}
    select md5(key) as name_before, md5(keyed) as name from ({{ keys_of_before(history) }}) as plain
    union
    select md5(key || ':' || generation), md5(keyed || ':' || generation)
    from ({{ keys_of_before(history) }}) as with_generation
{%- endmacro %}
