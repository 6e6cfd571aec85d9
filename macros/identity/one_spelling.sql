{% macro one_spelling(identifier) -%}
    {#-
        An identifier as it is compared: lower case, without blanks, accents composed with their letters, and full-width
        letters (as Japanese keyboards write them) in their usual width.
    -#}
    {%- set plain = 'lower(' ~ without_blanks(identifier) ~ ')' -%}
    {%- set in_usual_width -%}
    case
        when {{ matches(plain, '[！-～]') }}
            then translate(
                {{ plain }},
                '０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＠．－＿＋／',
                '0123456789abcdefghijklmnopqrstuvwxyz@.-_+/'
            )
        else {{ plain }}
    end
    {%- endset -%}
    {#- Last, and so written once: the letters that are composed are a long list, and Spark keeps no view of any length. -#}
    {{ composed(in_usual_width) }}
{%- endmacro %}
