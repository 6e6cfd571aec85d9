{% macro made_from_now(reads, rule) %}
    {#-
        A fingerprint of all that makes an incremental model as a whole another: its `rule`, as SQL, with its columns and
        what it declares; what it reads beyond its inputs and lookups; the views through which it reads those; and how a
        raw table is read, whatever files there are.
    -#}
    {%- set columns = model.columns.values() | map(attribute='data_type') | list -%}
    {%- set parts = ["'" ~ local_md5(rule ~ columns ~ model.config.meta.incremental) ~ "'"] -%}
    {%- for read in reads -%}
        {%- set views = views_under(read.node) -%}
        {%- if read.node.resource_type == 'source' -%}
            {%- do views.append("'" ~ read.relation.schema ~ '.' ~ read.relation.identifier ~ "'") -%}
        {%- endif -%}
        {%- if read['as'] is none and read.node.resource_type != 'source' -%}
            {%- do parts.append("(select count(*) || ':' || coalesce(sum(hash(read_row)), 0) from "
                ~ read.relation ~ ' as read_row)') -%}
        {%- elif views -%}
            {%- do parts.append("(select string_agg(regexp_replace(sql, 'read_parquet\\(.*?hive_partitioning', '', 'g'), "
                ~ "';' order by view_name) from duckdb_views() where schema_name || '.' || view_name in ("
                ~ views | join(', ') ~ '))') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(run_query("select md5(concat_ws('|', " ~ parts | join(', ') ~ '))').rows[0][0]) }}
{% endmacro %}
