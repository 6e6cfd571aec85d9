{% macro with_scale(relation, instrument=none, question=none) -%}
    {#-
        The raw rows of `relation`, each with `scale_min` and `scale_max` of the question it answers: by its columns
        `instrument` and `question`, or all of one question. Null where seeds/satisfaction/survey_items.csv lacks it.
    -#}
    (
        select raw_row.*, survey_item.scale_min, survey_item.scale_max
        from {{ relation }} as raw_row
        left join {{ ref('survey_items') }} as survey_item
            on survey_item.instrument = {{ "'" ~ instrument ~ "'" if instrument else 'raw_row.instrument' }}
            and survey_item.question = {{ "'" ~ question ~ "'" if question else 'raw_row.question' }}
    )
{%- endmacro %}
