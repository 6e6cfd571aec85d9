-- What asks about which construct of the path model. A construct that nothing asks about is there, too: what depends on
-- it can then be told to be missing.
with constructs as (
    select * from {{ ref('satisfaction_constructs') }}
),

construct_items as (
    select * from {{ ref('satisfaction_construct_items') }}
)

select
    constructs.construct_number,
    constructs.construct,
    constructs.is_outcome,
    construct_items.questionnaire,
    construct_items.question,
    coalesce(construct_items.is_driver, false) as is_driver,
    cast({{ var('minimum_answers') }} as bigint) as minimum_respondent_count
from constructs
left join construct_items on constructs.construct = construct_items.construct
