-- Customers whose records may be of several persons, and customers that may be one: a row a suspicion, with its reason.
-- Decisions of people end it.
with conflicts as (
    select * from {{ ref('int_identity__customer_conflicts') }}
),

scored_pairs as (
    select * from {{ ref('int_matching__scored_pairs') }}
),

decisions as (
    select * from {{ ref('identity_decisions') }}
),

candidates as (
    select * from {{ ref('int_matching__candidates') }}
),

merged as (
    select first_namespace, first_customer_id, second_namespace, second_customer_id
    from decisions
    where decision = 'merge'
    union
    select second_namespace, second_customer_id, first_namespace, first_customer_id
    from decisions
    where decision = 'merge'
),

unlike_records as (
    select
        scored_pairs.first_record_customer_id as customer_id,
        case
            when scored_pairs.name_level in ('first_name', 'different') then 'names_differ'
            else 'records_disagree'
        end as reason,
        min(scored_pairs.evidence_weight) as evidence_weight
    from scored_pairs
    left join merged
        on scored_pairs.first_namespace = merged.first_namespace
        and scored_pairs.first_customer_id = merged.first_customer_id
        and scored_pairs.second_namespace = merged.second_namespace
        and scored_pairs.second_customer_id = merged.second_customer_id
    where scored_pairs.first_record_customer_id = scored_pairs.second_record_customer_id
        and merged.first_customer_id is null
        and (scored_pairs.evidence_weight < 0 or scored_pairs.is_contradicted)
    group by
        scored_pairs.first_record_customer_id,
        case
            when scored_pairs.name_level in ('first_name', 'different') then 'names_differ'
            else 'records_disagree'
        end
),

suspicions as (
    select
        'over_merged' as suspicion,
        customer_id,
        cast(null as string) as other_customer_id,
        conflict as reason,
        cast(null as double) as evidence_weight,
        cast(null as string) as identity_candidate_id
    from conflicts
    union all
    select 'over_merged', customer_id, null, reason, evidence_weight, null
    from unlike_records
    union all
    select
        'under_merged',
        first_record_customer_id,
        second_record_customer_id,
        'open_candidate',
        evidence_weight,
        identity_candidate_id
    from candidates
    where decision is null
)

select
    md5(concat_ws('|', suspicion, customer_id, other_customer_id, reason)) as identity_suspect_id,
    suspicion,
    customer_id,
    other_customer_id,
    reason,
    evidence_weight,
    identity_candidate_id
from suspicions
