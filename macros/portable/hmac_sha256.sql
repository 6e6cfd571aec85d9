{% macro hmac_sha256(text, inner_pad, outer_pad) -%}
    {#-
        HMAC-SHA-256 of a text (RFC 2104), as 64 hexadecimal digits; `inner_pad` and `outer_pad` are the key, filled to 64
        bytes, after exclusive or with 36 and 5C.
    -#}
    {{ return(adapter.dispatch('hmac_sha256', 'cem_warehouse')(text, inner_pad, outer_pad)) }}
{%- endmacro %}

{% macro default__hmac_sha256(text, inner_pad, outer_pad) -%}
    sha256({{ outer_pad }} || unhex(sha256({{ inner_pad }} || encode({{ text }}))))
{%- endmacro %}

{% macro spark__hmac_sha256(text, inner_pad, outer_pad) -%}
    sha2(concat({{ outer_pad }}, unhex(sha2(concat({{ inner_pad }}, encode({{ text }}, 'UTF-8')), 256))), 256)
{%- endmacro %}
