{% macro wilson_bound(end, share, count) -%}
    {#-
        One end ('lower', 'upper') of the 95 % interval of a share of so many people: Wilson (1927), Probable Inference, the
        Law of Succession, and Statistical Inference, JASA 22:158. It has a width where all, or none, did; null of nobody.
        For a share estimated of stays that were not all seen to their end, `count` is share * (1 - share) / variance, the
        number that would have told as much if they had been (Rothman 1978, Estimation of Confidence Limits for the
        Cumulative Probability of Survival in Life Table Analysis, Journal of Chronic Diseases 31:557).
    -#}
    {#- Of nulls, least and greatest take the rest. -#}
    {%- set n = 'nullif(' ~ count ~ ', 0)' -%}
    {%- set square = '(1.959964 * 1.959964 / ' ~ n ~ ')' -%}
    {%- set centre = '(' ~ share ~ ' + ' ~ square ~ ' / 2)' -%}
    {%- set half_width = half_width_95(
        'sqrt(greatest(' ~ share ~ ' * (1 - ' ~ share ~ '), 0) / ' ~ n ~ ' + ' ~ square ~ ' / 4 / ' ~ n ~ ')'
    ) -%}
    case
        when {{ share }} is not null and {{ count }} > 0
        {%- if end == 'lower' %}
            then greatest(least(({{ centre }} - {{ half_width }}) / (1 + {{ square }}), {{ share }}), 0)
        {%- else %}
            then least(greatest(({{ centre }} + {{ half_width }}) / (1 + {{ square }}), {{ share }}), 1)
        {%- endif %}
    end
{%- endmacro %}
