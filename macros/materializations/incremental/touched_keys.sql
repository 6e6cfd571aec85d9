{% macro touched_keys(reads, keys, changed_files) %}
    {#-
        SQL of the keys whose rows may have become others: of what came to or went from an input, of the model's own rows
        that a changed lookup goes with, of the days by which the as-of day has moved, and of files that came or went.
    -#}
    {%- set as_of = model.config.meta.incremental.as_of -%}
    {%- set files = "(select unnest([" ~ changed_files | join(', ') ~ "]))" -%}
    {%- set selects = [] -%}
    {%- for read in reads if read['as'] in ['inputs', 'lookups'] -%}
        {%- set theirs = 'select ' ~ read.columns.values() | join(', ') ~ ' from ' -%}
        {%- set changes = changes_of(read.relation) -%}
        {%- if read['as'] == 'lookups' -%}
            {%- set own_columns = dict(zip(read.columns.values(), read.columns)) -%}
            {%- do selects.append('select ' ~ keys | join(', ') ~ ' from ' ~ matching(this, own_columns, changes)) -%}
        {%- elif read.node.resource_type == 'source' and changed_files -%}
            {%- do selects.append(theirs ~ read.relation ~ ' where _file_name in ' ~ files) -%}
            {%- do selects.append('select ' ~ keys | join(', ') ~ ' from ' ~ this ~ ' where file_name in ' ~ files) -%}
        {%- elif read.node.resource_type != 'source' -%}
            {%- do selects.append(theirs ~ changes) -%}
            {%- for clock in reads if clock['as'] == 'as_of' -%}
                {%- do selects.append(theirs ~ read.relation ~ ', ' ~ clock.relation ~ ' as clock, ' ~ builds_relation()
                    ~ " as before where before.model = '" ~ model.name ~ "' and (" ~ as_of ~ ' <= before.as_of_date)'
                    ~ ' is distinct from (' ~ as_of ~ ' <= clock.as_of_date)') -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return((selects or ['select ' ~ keys | join(', ') ~ ' from ' ~ this ~ ' where false']) | join(' union ')) }}
{% endmacro %}
