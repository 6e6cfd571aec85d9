{% macro why_anew(existing, before, made_from, reads) %}
    {#-
        Why an incremental model is made anew as a whole, in words; none where what was touched is enough. Whatever is
        not known for sure is a reason.
    -#}
    {%- if existing is none or not existing.is_table or before is none -%}
        {{ return('nothing is known of its last build') }}
    {%- elif should_full_refresh() -%}
        {{ return('a full refresh was asked for') }}
    {%- elif before['made_from'] != made_from -%}
        {{ return('its SQL, or something that all of it is made from, has changed') }}
    {%- endif -%}
    {%- for read in reads if read['as'] in ['inputs', 'lookups'] and read.node.resource_type != 'source' -%}
        {%- for table in tables_under(read.node) -%}
            {%- set told = build_before(table.name) -%}
            {%- if told is none or told['complete_since'] > before['last_run'] -%}
                {{ return('what has changed in ' ~ table.name ~ ' since is not known') }}
            {%- endif -%}
        {%- endfor -%}
        {%- if not columns_there(changes_of(read.relation)) -%}
            {{ return(read.node.name ~ ' does more than to pick rows, so what has changed in it is not known') }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}
