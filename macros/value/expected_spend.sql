{% macro expected_spend(fit, frequency, spent) -%}
    {#-
        What a purchase of a customer is expected to be worth, by a fit of Gamma-Gamma with the columns p, q and v:
        E[M | x, m] = p (v + x m) / (p x + q - 1), the mean of her own and of everybody's, weighted p x to q - 1 (Fader,
        Hardie 2013, The Gamma-Gamma Model of Monetary Value). Null where it is infinite: the tail is too heavy.
    -#}
    case
        when {{ fit }}.p * {{ frequency }} + {{ fit }}.q > 1
            then {{ fit }}.p * ({{ fit }}.v + {{ spent }}) / ({{ fit }}.p * {{ frequency }} + {{ fit }}.q - 1)
    end
{%- endmacro %}
