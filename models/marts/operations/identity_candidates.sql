-- Customers that may be one person, for somebody to decide. Nothing is merged by it: a decision is a row of the seed
-- identity_decisions.
with candidates as (
    select * from {{ ref('int_matching__candidates') }}
)

select
    identity_candidate_id,
    first_namespace,
    first_customer_id,
    first_record_customer_id,
    second_namespace,
    second_customer_id,
    second_record_customer_id,
    match_probability,
    match_weight,
    evidence_weight,
    agreed,
    differed,
    shared_blocks,
    cast(record_pair_count as bigint) as record_pair_count,
    decision,
    decided_by
from candidates
