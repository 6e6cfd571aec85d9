{% macro composed(text) -%}
    {#-
        Text in small letters with each letter and its combining marks as one character where Unicode has one (NFC): an é
        may be typed as one, or as an e and an accent. Spark has no such function: there, the letters of
        `composed_letters` are.
    -#}
    {{ return(adapter.dispatch('composed', 'cem_warehouse')(text)) }}
{%- endmacro %}

{% macro default__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}

{% macro spark__composed(text) -%}
    {#- Letter by letter: the last one of what is done and the next become one where they can. -#}
    case
        when {{ text }} rlike r'[\u0300-\u036f]' then aggregate(
            split({{ text }}, ''), '',
            (done, letter) -> concat(
                left(done, length(done) - 1),
                coalesce(
                    try_element_at(
                        map(
                            {%- for mark, letters in composed_letters().items() -%}
                            {%- set outer = loop -%}
                            {%- for letter in letters[0] -%}
                            '{{ letter }}{{ mark }}', '{{ letters[1][loop.index0] }}'
                            {{- ', ' if not (loop.last and outer.last) -}}
                            {%- endfor -%}
                            {%- endfor -%}
                        ),
                        concat(right(done, 1), letter)
                    ),
                    concat(right(done, 1), letter)
                )
            )
        )
        else {{ text }}
    end
{%- endmacro %}
