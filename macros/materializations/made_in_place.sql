{% macro made_in_place(type) %}
    {#-
        The relation of this model, made where it stays, in one transaction: until it ends everybody reads the former
        one, and keeps it where the SQL fails. dbt-duckdb makes each relation beside, and renames and drops in further
        statements and transactions, which took a sixth of a build.
    -#}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if type == 'table' and 'incremental' in model.config.meta -%}
        {%- set statements = made_incrementally(existing) -%}
    {%- elif type == 'table' and model.name in tables_followed() -%}
        {%- set statements = made_with_changes(existing) -%}
    {%- else -%}
        {%- set statements = made_anew(existing, type) -%}
    {%- endif -%}
    {%- call statement('main') -%}{{ statements }}{%- endcall -%}
    {%- if type == 'view' -%}{%- do keep_changes_of_view() -%}{%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type=type)]}) }}
{% endmacro %}
