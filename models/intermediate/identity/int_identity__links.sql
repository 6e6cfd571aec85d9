-- What the sources say of two keys being one customer: the alias, and the key it stands for.
{% for source in enabled_sources() if 'identity_links' in var('sources')[source] -%}
select alias_namespace, alias_customer_id, customer_namespace, source_customer_id
from {{ ref('stg_' ~ source ~ '__identity_links') }}
union all
{% endfor -%}
select
    cast(null as string) as alias_namespace,
    cast(null as string) as alias_customer_id,
    cast(null as string) as customer_namespace,
    cast(null as string) as source_customer_id
where false
