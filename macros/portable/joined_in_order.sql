{% macro joined_in_order(text, separator, position) -%}
    {#- The texts of a group as one, in the order of `position`: an aggregate. -#}
    {{ return(adapter.dispatch('joined_in_order', 'cem_warehouse')(text, separator, position)) }}
{%- endmacro %}

{% macro default__joined_in_order(text, separator, position) -%}
    {#- string_agg with an order takes five times as long for many small groups. -#}
    array_to_string(
        list_transform(list_sort(list(struct_pack(place := {{ position }}, word := {{ text }}))), lambda one: one.word),
        '{{ separator }}'
    )
{%- endmacro %}

{% macro spark__joined_in_order(text, separator, position) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ position }})
{%- endmacro %}
