{% macro key_names_of_before() %}
    {#-
        What is never made anew keeps the names that a release of before gave: an MD5 without a key, for who is known by
        an address or handle alone. They are keyed where they stand, so that whoever tries addresses finds none of them,
        and nobody loses a history. Nothing else changes: no event is told differently, no month is frozen anew.
        int_identity__key_history comes last: a run that is killed in between finds the same again.
    -#}
    {%- if execute and flags.WHICH in ['build', 'run', 'seed'] -%}
        {%- set history = remembered_relation('int_identity__key_history') -%}
        {%- set of_before = "select 1 from " ~ history ~ " where " ~ is_name_of_before('key') ~ " limit 1" -%}
        {%- if history is not none and run_query(of_before).rows -%}
            {%- do change_names_of_before(history) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
