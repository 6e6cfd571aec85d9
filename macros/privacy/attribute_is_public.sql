{% macro attribute_is_public(attribute) -%}
    {#-
        Whether the values of a customer's attribute may stand outside the schema `restricted`. Those that may are listed:
        an attribute that a source adds is personal until somebody has decided otherwise.
    -#}
    {{ attribute }} in (
        'is_email_verified', 'city', 'region', 'country_code', 'preferred_channel', 'acquisition_channel',
        'acquisition_cost', 'currency'
    )
{%- endmacro %}
