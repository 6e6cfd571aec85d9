{% macro sentiment_class(score) -%}
    {#- What a sentiment score from -1 to 1 comes to; null where there is no score. -#}
    case
        when {{ score }} > {{ var('sentiment_neutral_within') }} then 'positive'
        when {{ score }} < -{{ var('sentiment_neutral_within') }} then 'negative'
        when {{ score }} is not null then 'neutral'
    end
{%- endmacro %}
