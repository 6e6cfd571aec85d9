{% macro with_known_time_zone(relation) -%}
    {#-
        The raw rows of `relation`, each with `known_time_zone`: its `time_zone`, or null where seeds/time/time_zones.csv
        lacks it. An engine asked for a zone that it does not know fails, with all rows.
    -#}
    (
        select raw_row.*, known.time_zone as known_time_zone
        from {{ relation }} as raw_row
        left join {{ ref('time_zones') }} as known on raw_row.time_zone = known.time_zone
    )
{%- endmacro %}
