-- The fixed point: no accepted pair whose records are two customers.
select pairs.first_namespace, pairs.first_customer_id, pairs.second_namespace, pairs.second_customer_id
from {{ ref('int_identity__decided_pairs') }} as pairs
inner join {{ ref('int_identity__components') }} as first_component
    on pairs.first_namespace || ':' || pairs.first_customer_id = first_component.key
inner join {{ ref('int_identity__components') }} as second_component
    on pairs.second_namespace || ':' || pairs.second_customer_id = second_component.key
where pairs.refusal_reason is null and first_component.component_key <> second_component.component_key
