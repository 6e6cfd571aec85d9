{% macro restricted(reads, touched, key, changed_files) %}
    {#-
        The model's SQL over the rows of its inputs that belong to the keys in the table `touched`. Of a raw table those
        stand in the files that its former rows of these keys came from, and in the new ones; no others are read.
    -#}
    {%- set rewritten = [sql] -%}
    {%- for read in reads if read['as'] == 'inputs' -%}
        {%- set rows = read.relation -%}
        {%- if read.node.resource_type == 'source' -%}
            {%- set rows = "(from " ~ read.relation ~ " where _file_name in (select file_name from "
                ~ matching(this, dict(zip(key, key)), touched) ~ " union all select unnest(["
                ~ changed_files | join(', ') ~ "]::varchar[])))" -%}
        {%- endif -%}
        {%- do rewritten.append(rewritten.pop() | replace(read.relation | string, matching(rows, read.columns, touched))) -%}
    {%- endfor -%}
    {{ return(rewritten[0]) }}
{% endmacro %}
