{% macro key_names_of_versions(names) %}
    {#- Gives the events of int_timeline__versions the `names` of today, and a content that tells the same as before. -#}
    {%- set versions = remembered_relation('int_timeline__versions') -%}
    {%- if versions is not none -%}
        {%- set columns = run_query('describe ' ~ versions).columns[0].values() | list -%}
        {%- set event_type = 'event_type' if 'event_type' in columns else 'event' -%}
        {%- call statement('versions', auto_begin=false) -%}
            update {{ versions }} as version
            set customer_id = names.name,
                content_md5 = case content_md5
                    {%- for is_identified in ['true', 'false'] %}
                    when {{ event_content('names.name_before', event_type, is_identified) }}
                        then {{ event_content('names.name', event_type, is_identified) }}
                    {%- endfor %}
                    else content_md5
                end
            from ({{ names }}) as names
            where version.customer_id = names.name_before
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}
