{% macro with_known_channel(relation, source, column='channel') -%}
    {#-
        The raw rows of `relation`, each with `known_channel`: the channel of seeds/interaction that the word of `source`
        in `column` means; null where it means none.
    -#}
    (
        select raw_row.*, coalesce(word.channel, known.channel) as known_channel
        from {{ relation }} as raw_row
        left join {{ ref('channel_words') }} as word
            on raw_row.{{ column }} = word.source_word and word.source_system = '{{ source }}'
        left join {{ ref('channels') }} as known on raw_row.{{ column }} = known.channel
    )
{%- endmacro %}
