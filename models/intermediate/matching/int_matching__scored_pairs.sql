-- What the newest matching says of two records, and which customers they are of by now.
with scored_pairs as (
    select * from {{ source('matching', 'scored_pairs') }}
),

customer_keys as (
    select * from {{ ref('int_identity__customer_keys') }}
)

select
    scored_pairs.first_namespace,
    scored_pairs.first_customer_id,
    first_key.customer_id as first_record_customer_id,
    scored_pairs.second_namespace,
    scored_pairs.second_customer_id,
    second_key.customer_id as second_record_customer_id,
    scored_pairs.match_probability,
    scored_pairs.match_weight,
    scored_pairs.evidence_weight,
    scored_pairs.name_level,
    scored_pairs.birth_date_level,
    scored_pairs.address_level,
    scored_pairs.email_level,
    scored_pairs.phone_level,
    scored_pairs.agreed,
    scored_pairs.differed,
    scored_pairs.is_contradicted,
    scored_pairs.shared_blocks
from scored_pairs
inner join customer_keys as first_key
    on scored_pairs.first_namespace = first_key.customer_namespace
    and scored_pairs.first_customer_id = first_key.source_customer_id
inner join customer_keys as second_key
    on scored_pairs.second_namespace = second_key.customer_namespace
    and scored_pairs.second_customer_id = second_key.source_customer_id
