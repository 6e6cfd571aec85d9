{% macro connect(relation, pairs) %}
    {#-
        Fills `relation` with every key of `pairs` (`key`, `neighbour`) and the smallest key it is connected with
        (`component_key`).

        Keys are numbered in their order. In a round every number moves to the smallest among its neighbours', and on
        to where that one goes until none goes further; then the pairs are drawn together accordingly. It ends when no
        pair is left that joins two numbers: the fixed point. Both loops at least halve what they work on, so a chain
        of thousands takes a few rounds. Plain SQL in a loop, because recursion differs between engines, and follows
        every path where each key once is enough.
    -#}
    {%- set work = {} -%}
    {%- for name in ['numbers', 'components', 'open_pairs', 'moves'] -%}
        {%- do work.update({name: relation.incorporate(path={'identifier': relation.identifier ~ '__' ~ name})}) -%}
    {%- endfor -%}
    {%- do create_anew(work.numbers, numbered_keys(pairs)) -%}
    {%- do create_anew(work.components, 'select number, number as component from ' ~ work.numbers) -%}
    {%- do create_anew(work.open_pairs, numbered_pairs(pairs, work.numbers)) -%}
    {%- set state = namespace(pairs=row_count(work.open_pairs)) -%}
    {%- for _ in range(64) -%}
        {%- if state.pairs -%}
            {%- do create_anew(work.moves, 'select high as number, min(low) as target from ' ~ work.open_pairs
                ~ ' group by high') -%}
            {%- do move_on_to_the_end(work.moves) -%}
            {%- do create_anew(work.components, moved_components(work.components, work.moves)) -%}
            {%- do create_anew(work.open_pairs, moved_pairs(work.open_pairs, work.moves)) -%}
            {%- set state.pairs = row_count(work.open_pairs) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do create_anew(relation, named_components(work.components, work.numbers)) -%}
    {%- for worked in work.values() -%}{%- do adapter.drop_relation(worked) -%}{%- endfor -%}
{% endmacro %}
