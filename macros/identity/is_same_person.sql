{% macro is_same_person(one, another) -%}
    {#-
        Whether two records that share an address or a telephone speak of one person; null where neither name nor birth
        date tells. Two letters of a name may differ, for typos; a birth date may not; with the same birth date a new
        last name may.
    -#}
    case
        when {{ one }}.birth_date <> {{ another }}.birth_date then false
        when levenshtein({{ one }}.first_name || ' ' || {{ one }}.last_name,
            {{ another }}.first_name || ' ' || {{ another }}.last_name) <= 2 then true
        when {{ one }}.birth_date = {{ another }}.birth_date
            then levenshtein({{ one }}.first_name, {{ another }}.first_name) <= 2
        when {{ one }}.last_name is not null and {{ another }}.last_name is not null then false
    end
{%- endmacro %}
