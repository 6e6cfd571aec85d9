{% macro staged_columns(entity, columns) %}
    {#-
        Columns of `entity` from every enabled source that feeds it, `columns` mapping names to types; no row, but the
        columns, where no source does. Two are worked out from a source's: `business_date`, the calendar day of
        `occurred_at` where it happened, and `time_zone`, in which that is. The model's meta says that it reads the
        entity: where no source feeds it, nothing else in the manifest does (orchestration/publishing/emptiness.py).
    -#}
    {%- do config(meta={'reads_' ~ entity: true}) -%}
    {%- set feeding = [] -%}
    {%- for source in enabled_sources() if entity in var('sources')[source] -%}
        {%- do feeding.append(source) -%}
    {%- endfor -%}
    {%- set own = own_zone(entity) -%}
    {%- for source in feeding or [none] %}
    {%- set zone = business_zone(source) %}
    {%- set worked_out = {
        'business_date': local_date('occurred_at', own, zone),
        'time_zone': "coalesce(" ~ own ~ ", '" ~ zone ~ "')" if own else "'" ~ zone ~ "'",
    } %}
    select
        {%- for column, type in columns.items() %}
        cast({{ worked_out.get(column, column) if source else 'null' }} as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {{ 'from ' ~ ref('stg_' ~ source ~ '__' ~ entity) if source else 'where false' }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
