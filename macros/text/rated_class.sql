{% macro rated_class(score, scale_min, scale_max, scale_direction) -%}
    {#- What a rating says that its writer meant, by its place on its scale; null where there is no rating or scale. -#}
    {%- set place -%}
        case when {{ scale_direction }} = 1 then {{ score }} - {{ scale_min }} else {{ scale_max }} - {{ score }} end
    {%- endset -%}
    {%- set length -%} ({{ scale_max }} - {{ scale_min }}) {%- endset -%}
    case
        when {{ place }} > {{ var('rated_positive_above') }} * {{ length }} then 'positive'
        when {{ place }} < {{ var('rated_negative_below') }} * {{ length }} then 'negative'
        when {{ place }} is not null then 'neutral'
    end
{%- endmacro %}
