with staged as (
    {{ union_staging('agent_activities', computed=['customer_id']) }}
)

select
    staged.agent_activity_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.opportunity_id,
    staged.channel,
    staged.activity_type,
    staged.direction,
    staged.agent,
    staged.duration_minutes
from staged
{{ customer_join('staged') }}
