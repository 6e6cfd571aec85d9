{% materialization connected_components, default %}
    {#-
        A model that selects pairs of keys (`key`, `neighbour`) becomes a table of every key in them with the smallest
        key it is connected with, over however many pairs (`component_key`).

        Keys are numbered in their order. In a round every number moves to the smallest among its neighbours', and on
        to where that one goes until none goes further; then the pairs are drawn together accordingly. It ends when no
        pair is left that joins two numbers: the fixed point. Both loops at least halve what they work on, so a chain
        of thousands takes a few rounds. Plain SQL in a loop, because recursion differs between engines, and follows
        every path where each key once is enough.
    -#}
    {%- set target = this.incorporate(type='table') -%}
    {%- set work = {} -%}
    {%- for name in ['numbers', 'components', 'pairs', 'moves'] -%}
        {%- do work.update({name: target.incorporate(path={'identifier': this.identifier ~ '__' ~ name})}) -%}
    {%- endfor -%}
    {{ run_hooks(pre_hooks) }}

    {%- do create_anew(work.numbers, numbered_keys(sql)) -%}
    {%- do create_anew(work.components, 'select number, number as component from ' ~ work.numbers) -%}
    {%- do create_anew(work.pairs, numbered_pairs(sql, work.numbers)) -%}
    {%- set state = namespace(pairs=row_count(work.pairs)) -%}
    {%- for _ in range(64) -%}
        {%- if state.pairs -%}
            {%- do create_anew(work.moves, 'select high as number, min(low) as target from ' ~ work.pairs
                ~ ' group by high') -%}
            {%- do move_on_to_the_end(work.moves) -%}
            {%- do create_anew(work.components, moved_components(work.components, work.moves)) -%}
            {%- do create_anew(work.pairs, moved_pairs(work.pairs, work.moves)) -%}
            {%- set state.pairs = row_count(work.pairs) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do adapter.drop_relation(target) -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, target, named_components(work.components, work.numbers)) }}
    {%- endcall -%}
    {%- for relation in work.values() -%}{%- do adapter.drop_relation(relation) -%}{%- endfor -%}

    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
