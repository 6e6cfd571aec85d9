{% macro of_touched(relation, rule) -%}
    {#-
        The rows of `relation` whose key is touched, in an incremental model of dbt's own that adds to what it holds and
        compares by `rule`; all of them where not all that has changed is known, and on Spark.
    -#}
    {%- if execute and target.type == 'duckdb' and model.resource_type == 'model' and is_incremental() -%}
        {%- set reads = inputs_of(model) -%}
        {%- set before = build_before(model.name) -%}
        {%- if not why_anew(load_cached_relation(this), before, made_from_now(reads, rule), reads) -%}
            {%- set key = model.config.meta.incremental.key -%}
            {{ return(matching(relation, dict(zip(key, key)), '(' ~ touched_keys(reads, key, []) ~ ')')) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
