-- Up to when the warehouse has learned: its newest load, or decision of a person.
select max(known_at) as known_at
from (
    select max(loaded_at) as known_at from {{ ref('int_quality__landing_files') }}
    union all
    select max(cast(decided_on as timestamp)) as known_at from {{ ref('identity_decisions') }}
) as moments
