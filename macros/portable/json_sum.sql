{% macro json_sum(json, path) -%}
    {#-
        The sum of the amounts that the entries of a JSON list, given as text, hold at `path`; 0 for an empty list or none,
        null where one of them is no amount.
    -#}
    {{ return(adapter.dispatch('json_sum', 'cem_warehouse')(json, path)) }}
{%- endmacro %}

{% macro default__json_sum(json, path) -%}
    {%- set entries = "cast(json_extract(try_cast(" ~ json ~ " as json), '$[*]') as json[])" -%}
    {%- set amounts = 'list_transform(' ~ entries ~ ', lambda entry: ' ~ try_money(json_field('entry', path)) ~ ')' -%}
    case
        when coalesce(len({{ entries }}), 0) = 0 then 0
        when len({{ entries }}) = list_count({{ amounts }}) then cast(list_sum({{ amounts }}) as decimal(18, 4))
    end
{%- endmacro %}

{% macro spark__json_sum(json, path) -%}
    cast(
        aggregate(
            transform(
                coalesce(from_json({{ json }}, 'array<string>'), array()),
                entry -> cast({{ try_money(json_field('entry', path)) }} as decimal(28, 4))
            ),
            cast(0 as decimal(28, 4)),
            (total, amount) -> cast(total + amount as decimal(28, 4))
        ) as decimal(18, 4)
    )
{%- endmacro %}
