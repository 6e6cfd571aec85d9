{% materialization connected_components, default %}
    {#-
        A model that selects pairs of keys (`key`, `neighbour`) becomes a table of every key in them with the smallest
        key it is connected with, over however many pairs (`component_key`).

        The pairs stay beside it, as `<model>__pairs`. In the next run the components that a pair came to or went from
        are worked out anew, and the others are kept; whatever is missing of the two tables, or `--full-refresh`, works
        out all of them.
    -#}
    {%- set target = this.incorporate(type='table') -%}
    {%- set kept_pairs = target.incorporate(path={'identifier': this.identifier ~ '__pairs'}) -%}
    {%- set now = target.incorporate(path={'identifier': this.identifier ~ '__pairs_now'}) -%}
    {%- set affected = target.incorporate(path={'identifier': this.identifier ~ '__affected'}) -%}
    {%- set found = target.incorporate(path={'identifier': this.identifier ~ '__found'}) -%}
    {%- set is_known = not should_full_refresh()
        and adapter.get_relation(this.database, this.schema, this.identifier) is not none
        and adapter.get_relation(this.database, this.schema, kept_pairs.identifier) is not none -%}
    {{ run_hooks(pre_hooks) }}

    {%- do create_anew(now, distinct_pairs(sql)) -%}
    {%- if is_known -%}
        {%- do create_anew(affected, keys_of_changed_components(now, kept_pairs, target)) -%}
        {%- do connect(found, 'select pair.key, pair.neighbour from ' ~ now ~ ' as pair inner join ' ~ affected
            ~ ' as affected on pair.key = affected.key') -%}
    {%- else -%}
        {%- do connect(found, 'select key, neighbour from ' ~ now) -%}
    {%- endif -%}
    {#- Without its pairs the table is worked out anew: so they go before it changes, and come back after. -#}
    {%- do adapter.drop_relation(kept_pairs) -%}
    {%- if is_known -%}
        {%- do create_anew(found, components_with_changes(target, affected, found)) -%}
        {%- do adapter.drop_relation(affected) -%}
    {%- endif -%}
    {%- do adapter.drop_relation(target) -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, target, 'select key, component_key from ' ~ found) }}
    {%- endcall -%}
    {%- do adapter.drop_relation(found) -%}
    {%- do adapter.rename_relation(now, kept_pairs) -%}

    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
