{% macro e164(phone, calling_code, trunk_prefix) -%}
    {#-
        A telephone number as typed in, in E.164 (`+4930901820`); null where it is too short or long to be one, or
        where neither the number nor `calling_code` says the country. `trunk_prefix` is the digit that stands before a
        national number and not after the country's code: 0 in most of Europe.
    -#}
    {%- set typed = one_spelling(phone) -%}
    {%- set digits = only_digits("replace(" ~ typed ~ ", '(0)', '')") -%}
    {%- set national = "case when " ~ trunk_prefix ~ " is not null and " ~ digits ~ " like " ~ trunk_prefix
        ~ " || '%' then substr(" ~ digits ~ ", length(" ~ trunk_prefix ~ ") + 1) else " ~ digits ~ " end" -%}
    case
        when length({{ digits }}) not between 7 and 17 then null
        when {{ typed }} like '+%' then '+' || {{ digits }}
        when {{ digits }} like '00%' then '+' || substr({{ digits }}, 3)
        when {{ calling_code }} is not null then '+' || {{ calling_code }} || {{ national }}
    end
{%- endmacro %}
