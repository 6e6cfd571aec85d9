{% macro create_as_of_functions() -%}
    {#-
        The same questions for those who query a published version: marts.customer_timeline_as_of and
        marts.customer_as_of, of one customer. DuckDB only; on Spark there are the macros.
    -#}
    {{ return(adapter.dispatch('create_as_of_functions', 'cem_warehouse')()) }}
{%- endmacro %}

{% macro default__create_as_of_functions() -%}
    {#- DuckDB looks the tables of a function up where its reader stands, not where the function does: the reader says
        under which name the file is attached, where it is not the file's own. -#}
    {%- set beside = "query_table(attached_as || '." ~ this.schema ~ "." -%}
    {%- set events = events_as_of(
        'was_at', 'known_at', beside ~ "customer_timeline')", beside ~ "customer_timeline_corrections')"
    ) -%}
    {%- set arguments = "customer, was_at, known_at, attached_as := '" ~ this.database ~ "'" -%}
    {%- set of_customer = '(select * from ' ~ events ~ ' as event_as_of where customer_id = customer)' -%}
    create or replace macro {{ this.schema }}.customer_timeline_as_of({{ arguments }}) as table
    select * from {{ of_customer }} as customer_event order by occurred_at, event_id;
    create or replace macro {{ this.schema }}.customer_as_of({{ arguments }}) as table
    select * from {{ customer_states(of_customer) }} as customer_state
{%- endmacro %}

{% macro spark__create_as_of_functions() -%}
{%- endmacro %}
