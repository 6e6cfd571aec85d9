{% macro band_of(value, width) -%}
    {#-
        Number of the band in which a positive value lies, where bands grow with the value: the end of each is `width`, as
        a share, above its start, and one starts at 1. Of whole numbers and a tenth, each up to 11 has a band of its own.
    -#}
    floor(ln(cast({{ value }} as double)) / ln(cast(1 + {{ width }} as double)))
{%- endmacro %}
