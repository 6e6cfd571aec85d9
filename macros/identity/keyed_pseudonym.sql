{% macro keyed_pseudonym(digest, key=none) -%}
    {#-
        What stands for a digest that trying addresses would turn back: its HMAC-SHA-256 with the key of this home. The
        key is read where the pseudonym is made, so that it stands in no compiled SQL, log or manifest.
    -#}
    {%- set key = key or ref('stg_pseudonyms__keys') -%}
    {{ hmac_sha256(digest, '(select inner_pad from ' ~ key ~ ')', '(select outer_pad from ' ~ key ~ ')') }}
{%- endmacro %}
