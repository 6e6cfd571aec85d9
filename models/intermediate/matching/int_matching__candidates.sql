-- Which two customers may be one person: a pair of their records is likely enough, and no two of their records
-- contradict each other. What a person decided wins: customers that were split stay known as such and are not proposed
-- again, and records that were merged are one customer by now.
with scored_pairs as (
    select * from {{ ref('int_matching__scored_pairs') }}
),

customer_keys as (
    select * from {{ ref('int_identity__customer_keys') }}
),

decisions as (
    select * from {{ ref('identity_decisions') }}
),

between_customers as (
    select
        *,
        least(first_record_customer_id, second_record_customer_id)
        || greatest(first_record_customer_id, second_record_customer_id) as two_customers
    from scored_pairs
    where first_record_customer_id <> second_record_customer_id
),

ranked as (
    select
        *,
        count(*) over (partition by two_customers) as record_pair_count,
        max(case when is_contradicted then 1 else 0 end) over (partition by two_customers) as contradiction_count,
        row_number() over (
            partition by two_customers
            order by
                match_weight desc,
                first_namespace asc,
                first_customer_id asc,
                second_namespace asc,
                second_customer_id asc
        ) as place
    from between_customers
),

split as (
    select
        least(first_key.customer_id, second_key.customer_id)
        || greatest(first_key.customer_id, second_key.customer_id) as two_customers,
        max(decisions.decided_by) as decided_by
    from decisions
    inner join customer_keys as first_key
        on decisions.first_namespace = first_key.customer_namespace
        and decisions.first_customer_id = first_key.source_customer_id
    inner join customer_keys as second_key
        on decisions.second_namespace = second_key.customer_namespace
        and decisions.second_customer_id = second_key.source_customer_id
    where decisions.decision = 'split'
    group by
        least(first_key.customer_id, second_key.customer_id)
        || greatest(first_key.customer_id, second_key.customer_id)
)

select
    md5(concat_ws(
        '|', ranked.first_namespace, ranked.first_customer_id, ranked.second_namespace, ranked.second_customer_id
    )) as identity_candidate_id,
    ranked.first_namespace,
    ranked.first_customer_id,
    ranked.first_record_customer_id,
    ranked.second_namespace,
    ranked.second_customer_id,
    ranked.second_record_customer_id,
    ranked.match_probability,
    ranked.match_weight,
    ranked.evidence_weight,
    ranked.agreed,
    ranked.differed,
    ranked.shared_blocks,
    ranked.record_pair_count,
    case when split.two_customers is not null then 'split' end as decision,
    split.decided_by
from ranked
left join split
    on ranked.two_customers = split.two_customers
where ranked.place = 1
    and ranked.contradiction_count = 0
    and ranked.match_probability >= {{ var('candidate_minimum_probability') }}
