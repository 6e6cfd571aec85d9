{% macro gamma_quantile(mean, relative_variance, score) -%}
    {#-
        A quantile of a gamma distribution, by a quantile of the standard normal: Wilson, Hilferty (1931), The Distribution
        of Chi-square, PNAS 17. `relative_variance` is the variance over the square of the mean. Beyond where their cubic
        would fall again, an upper quantile stays.
    -#}
    {%- set deviation = 'sqrt(greatest(' ~ relative_variance ~ ', 0))' -%}
    {%- set kept = 'case when ' ~ score ~ ' > 0 then least(' ~ deviation ~ ', 1.5 * ' ~ score ~ ') else ' ~ deviation ~ ' end' -%}
    {{ mean }} * power(greatest(1 - power({{ kept }}, 2) / 9 + {{ score }} * {{ kept }} / 3, 0), 3)
{%- endmacro %}
