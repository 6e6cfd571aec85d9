{% macro key_names_of_snapshots(names) %}
    {#-
        Gives the frozen months of customer_value_monthly the `names` of today, and a content that says the same as before.
        A table that lacks a column of today gets all months anew in any case.
    -#}
    {%- set snapshots = remembered_relation('customer_value_monthly') -%}
    {%- if snapshots is not none -%}
        {%- set columns = run_query('describe ' ~ snapshots).columns[0].values() | list -%}
        {%- call statement('snapshots', auto_begin=false) -%}
            update {{ snapshots }} as snapshot
            set customer_value_monthly_id = {{ snapshot_id('names.name', 'month_date', 'snapshot_version') }},
                {%- if snapshot_content() | reject('in', columns) | list | length == 0 %}
                content_md5 = case
                    when content_md5 = {{ snapshot_content_md5('names.name_before') }}
                        then {{ snapshot_content_md5('names.name') }}
                    else content_md5
                end,
                {%- endif %}
                customer_id = names.name
            from ({{ names }}) as names
            where snapshot.customer_id = names.name_before
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}
