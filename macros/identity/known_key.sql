{% macro known_key(key) -%}
    {#-
        A source's key of a person; null where the value names nobody: blank, nothing but zeros and punctuation, the
        word null (which dbt would read as nothing in a seed), or one of seeds/identity/placeholder_keys.csv.
    -#}
    case
        when {{ matches(one_spelling(key), '^([\\p{P}\\p{S}0]*|null)\\z') }} then null
        when array_contains(
            (select array_agg(placeholder.value) from {{ ref('placeholder_keys') }} as placeholder),
            {{ one_spelling(key) }}
        ) then null
        else {{ key }}
    end
{%- endmacro %}
