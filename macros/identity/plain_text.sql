{% macro plain_text(text) -%}
    {#-
        A name, street or code as it is compared: lower case, without accents, blanks and punctuation; null where nothing
        is left. Letters of other scripts stay as they are.
    -#}
    nullif(translate(
        replace(replace(replace({{ one_spelling(text) }}, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        'àáâãäåāăąçćčďđèéêëēėęěğìíîïīįıłñńňòóôõöøőřśşšșťţțùúûüūůűųýÿźżž -.,/''’`',
        'aaaaaaaaacccddeeeeeeeegiiiiiiilnnnooooooorsssstttuuuuuuuuyyzzz'
    ), '')
{%- endmacro %}
