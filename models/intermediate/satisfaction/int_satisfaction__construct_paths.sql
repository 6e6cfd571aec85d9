-- Which construct acts on which: the hypotheses of the path model, for what estimates them.
select
    from_construct,
    to_construct
from {{ ref('satisfaction_paths') }}
