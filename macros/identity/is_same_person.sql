{% macro is_same_person(one, another, is_form_of_one_name) -%}
    {#-
        Whether two records that share an address or a telephone speak of one person; null where neither name nor birth
        date tells. First names agree where one is a form of the other (`is_form_of_one_name`, of seed first_names), or
        may be it mistyped and not both are names of their own: Paul and Paula are two. A birth date may not differ; with
        the same birth date a new last name may.
    -#}
    {%- set first_names_agree -%}
        (
            {{ one }}.first_name = {{ another }}.first_name
            or {{ is_form_of_one_name }}
            or (
                not ({{ one }}.has_known_first_name and {{ another }}.has_known_first_name)
                and {{ names_agree(one ~ '.first_name', another ~ '.first_name') }}
            )
        )
    {%- endset -%}
    case
        when {{ one }}.birth_date <> {{ another }}.birth_date then false
        when {{ first_names_agree }} and {{ names_agree(one ~ '.last_name', another ~ '.last_name') }} then true
        when {{ one }}.birth_date = {{ another }}.birth_date then {{ first_names_agree }}
        when {{ one }}.last_name is not null and {{ another }}.last_name is not null then false
    end
{%- endmacro %}
