select
    first_namespace,
    first_customer_id,
    second_namespace,
    second_customer_id,
    match_probability,
    match_weight,
    evidence_weight,
    name_level,
    birth_date_level,
    address_level,
    email_level,
    phone_level,
    agreed,
    differed,
    is_contradicted,
    shared_blocks
from {{ source('matching', 'scored_pairs') }}
