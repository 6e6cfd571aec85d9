-- Which records are one customer: connected by accepted pairs, over however many of them.
{{ config(materialized='connected_components') }}

select
    first_namespace || ':' || first_customer_id as key,
    second_namespace || ':' || second_customer_id as neighbour
from {{ ref('int_identity__decided_pairs') }}
where refusal_reason is null
