{% macro names_agree(one, another) -%}
    {#-
        Whether two names, each in one spelling, may be one name mistyped: a letter in every `letters_a_typo` of the
        longer one may differ, two at most; two letters that changed places are one typo.
    -#}
    {%- set longer = 'greatest(length(' ~ one ~ '), length(' ~ another ~ '))' -%}
    {%- set typos = 'least(floor(' ~ longer ~ ' / ' ~ var('letters_a_typo') ~ '.0), 2)' -%}
    (
        levenshtein({{ one }}, {{ another }}) <= {{ typos }}
        or (
            {{ typos }} >= 1
            and levenshtein({{ one }}, {{ another }}) <= 2
            and length({{ one }}) = length({{ another }})
            and translate({{ one }}, {{ another }}, '') = ''
            and translate({{ another }}, {{ one }}, '') = ''
        )
    )
{%- endmacro %}
