{% macro one_spelling(identifier) -%}
    {#-
        An identifier as it is compared: lower case, without blanks, accents composed with their letters, and full-width
        letters (as Japanese keyboards write them) in their usual width.
    -#}
    {%- set plain = composed('lower(' ~ without_blanks(identifier) ~ ')') -%}
    case
        when {{ matches(plain, '[！-～]') }}
            then translate(
                {{ plain }},
                '０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＠．－＿＋／',
                '0123456789abcdefghijklmnopqrstuvwxyz@.-_+/'
            )
        else {{ plain }}
    end
{%- endmacro %}
