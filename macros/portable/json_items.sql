{% macro json_items(relation, column, item='item') -%}
    {#-
        The rows of `relation`, each as often as the JSON list in `column` has entries, with the entry (`item`, as JSON) and
        its place in the list (`item_number`, from 1). A row whose list is empty, or none, is left out.
    -#}
    {{ return(adapter.dispatch('json_items', 'cem_warehouse')(relation, column, item)) }}
{%- endmacro %}

{% macro default__json_items(relation, column, item) -%}
    {%- set entries = "json_extract(try_cast(raw_row." ~ column ~ " as json), '$[*]')" -%}
    (
        select
            raw_row.*,
            cast(unnest({{ entries }}) as string) as {{ item }},
            generate_subscripts({{ entries }}, 1) as {{ item }}_number
        from {{ relation }} as raw_row
    )
{%- endmacro %}

{% macro spark__json_items(relation, column, item) -%}
    (
        select raw_row.*, entry.{{ item }}, cast(entry.place + 1 as bigint) as {{ item }}_number
        from {{ relation }} as raw_row
        lateral view posexplode(from_json(raw_row.{{ column }}, 'array<string>')) entry as place, {{ item }}
    )
{%- endmacro %}
