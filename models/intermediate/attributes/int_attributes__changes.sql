-- The sources' logs of changed attributes, with the values wherever these may stand.
with changes as (
    {{ staged_columns('customer_attribute_changes', {
        'customer_attribute_change_id': 'string',
        'source_system': 'string',
        'customer_namespace': 'string',
        'source_customer_id': 'string',
        'source_record_id': 'string',
        'occurred_at': 'timestamp',
        'loaded_at': 'timestamp',
        'attribute': 'string',
        'has_public_values': 'boolean',
        'old_value': 'string',
        'new_value': 'string',
    }) }}
),

personal_values as (
    {{ staged_columns('customer_attribute_values', {
        'customer_attribute_change_id': 'string',
        'old_value': 'string',
        'new_value': 'string',
    }) }}
),

valued as (
    select
        changes.source_system,
        changes.customer_namespace,
        changes.source_customer_id,
        changes.source_record_id,
        changes.occurred_at,
        changes.loaded_at,
        changes.attribute,
        case when changes.has_public_values then changes.old_value else personal_values.old_value end as old_value,
        case when changes.has_public_values then changes.new_value else personal_values.new_value end as new_value
    from changes
    left join personal_values
        on changes.customer_attribute_change_id = personal_values.customer_attribute_change_id
)

select
    source_system,
    customer_namespace,
    source_customer_id,
    source_record_id,
    occurred_at,
    loaded_at,
    attribute,
    {{ attribute_value('attribute', 'old_value') }} as old_value,
    {{ attribute_value('attribute', 'new_value') }} as new_value
from valued
where source_customer_id is not null
