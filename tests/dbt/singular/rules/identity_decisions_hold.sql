-- A merge that left two customers, or a split that left one. Two records that were split can still be connected through
-- a third: decide on that pair as well.
select
    decisions.decision,
    decisions.first_namespace,
    decisions.first_customer_id,
    decisions.second_namespace,
    decisions.second_customer_id,
    first_key.customer_id as first_resolved_customer_id,
    second_key.customer_id as second_resolved_customer_id
from {{ ref('identity_decisions') }} as decisions
inner join {{ ref('int_identity__customer_keys') }} as first_key
    on decisions.first_namespace = first_key.customer_namespace
    and decisions.first_customer_id = first_key.source_customer_id
inner join {{ ref('int_identity__customer_keys') }} as second_key
    on decisions.second_namespace = second_key.customer_namespace
    and decisions.second_customer_id = second_key.source_customer_id
where (decisions.decision = 'merge') <> (first_key.customer_id = second_key.customer_id)
