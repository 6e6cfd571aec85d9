-- What the sources say of two keys belonging together: an identifier or alias, and the key it was seen with. Telephone
-- numbers are added here, because they mean the same only in one spelling.
{% for source in enabled_sources() if 'identity_links' in var('sources')[source] -%}
select alias_namespace, alias_customer_id, customer_namespace, source_customer_id, link_type
from {{ ref('stg_' ~ source ~ '__identity_links') }}
union
{% endfor -%}
select
    namespace as alias_namespace,
    identifier_id as alias_customer_id,
    customer_namespace,
    source_customer_id,
    'phone' as link_type
from {{ ref('int_identity__identifiers') }}
where namespace = 'phone'
