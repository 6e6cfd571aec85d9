{% macro made_in_place(type) %}
    {#-
        The relation of this model, made where it stays, in one transaction: until it ends everybody reads the former
        one, and keeps it where the SQL fails. dbt-duckdb makes each relation beside, and renames and drops in further
        statements and transactions, which took a sixth of a build.
    -#}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        {%- if existing is not none %}drop {{ existing.type }} if exists {{ existing }};{% endif %}
        {{ create_view_as(target, sql) if type == 'view' else create_table_as(False, target, sql) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmacro %}
