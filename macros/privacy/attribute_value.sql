{% macro attribute_value(attribute, value) -%}
    {#-
        The value of a customer's attribute in the one writing that records have, so that a log that writes it otherwise
        shows no change: addresses in lower case, booleans as true and false.
    -#}
    case {{ attribute }}
        when 'email' then {{ one_spelling(value) }}
        when 'is_email_verified' then cast({{ try_boolean(value) }} as string)
        else {{ value }}
    end
{%- endmacro %}
