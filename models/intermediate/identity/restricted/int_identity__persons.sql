-- Whom a record's key names, as far as its source says. Two records are compared by it before what they share joins
-- them.
with identifiers as (
    {{ staged_columns('customer_identifiers', {
        'customer_namespace': 'string',
        'source_customer_id': 'string',
        'first_name': 'string',
        'last_name': 'string',
        'birth_date': 'date',
    }) }}
)

select
    customer_namespace,
    source_customer_id,
    max({{ plain_text('first_name') }}) as first_name,
    max({{ plain_text('last_name') }}) as last_name,
    max(birth_date) as birth_date
from identifiers
where source_customer_id is not null
group by customer_namespace, source_customer_id
