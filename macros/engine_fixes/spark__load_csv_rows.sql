{#-
    Seeds by dbt-spark's session method. Its own macro fills values in with Python's % operator, without escaping: NULL
    becomes the text 'None', a quote breaks the statement, a backslash vanishes. Here every value is a literal, escaped.
    Seen with dbt-spark 1.11.0; unnecessary from the version on whose session cursor binds parameters.
-#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do types.append(model.config.column_types.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
    {%- endfor -%}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set literals = [] -%}
        {%- for value in row -%}
            {%- set literal = 'null' if value is none
                else "'" ~ (value | string | replace('\\', '\\\\') | replace("'", "\\'")) ~ "'" -%}
            {%- do literals.append('cast(' ~ literal ~ ' as ' ~ types[loop.index0] ~ ')') -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ literals | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- set statement = 'insert into ' ~ this ~ ' values\n' ~ rows | join(',\n') -%}
    {%- if rows -%}{%- do adapter.add_query(statement, abridge_sql_log=True) -%}{%- endif -%}
    {{ return(statement) }}
{% endmacro %}
