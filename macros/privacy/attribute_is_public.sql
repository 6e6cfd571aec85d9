{% macro attribute_is_public(attribute) -%}
    {#-
        Whether the values of a customer's attribute may stand outside the schema `restricted`. Those that may are listed:
        an attribute that a source adds is personal until somebody has decided otherwise.
    -#}
    {{ attribute }} in (
        'customer_type', 'is_email_verified', 'country', 'region', 'city', 'birth_year', 'segment', 'preferred_channel',
        'acquisition_channel', 'acquisition_cost', 'currency'
    )
{%- endmacro %}
