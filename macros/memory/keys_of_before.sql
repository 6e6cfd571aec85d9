{% macro keys_of_before(history) -%}
    {#- The keys of before in `history`, each with its generations and with what it is called from now on. -#}
    select
        key,
        generation,
        split_part(key, ':', 1) || ':'
            || {{ keyed_pseudonym("split_part(key, ':', 2)", source('pseudonyms', 'pseudonym_keys')) }} as keyed
    from {{ history }}
    where {{ is_name_of_before('key') }}
{%- endmacro %}
