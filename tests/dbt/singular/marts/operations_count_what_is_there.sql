-- What the operations marts say of loads, quarantine and coverage adds up to the rows they speak of.
with reconciled as (
    select source_system, raw_table, quarantined_row_count
    from {{ ref('load_reconciliation') }}
    where quarantined_row_count > 0
),

reasons as (
    select source_system, raw_table, sum(quarantined_row_count) as quarantined_row_count
    from {{ ref('quarantine_reasons') }}
    group by source_system, raw_table
),

covered as (
    select source_system, data_type, event_count
    from {{ ref('data_coverage') }}
),

events as (
    select source_system, data_type, count(*) as event_count
    from {{ ref('customer_timeline') }}
    group by source_system, data_type
)

select
    coalesce(reconciled.source_system, reasons.source_system) as source_system,
    coalesce(reconciled.raw_table, reasons.raw_table) as subject,
    reconciled.quarantined_row_count as row_count,
    reasons.quarantined_row_count as other_row_count,
    'load_reconciliation and quarantine_reasons disagree' as problem
from reconciled
full outer join reasons
    on reconciled.source_system = reasons.source_system and reconciled.raw_table = reasons.raw_table
where reconciled.quarantined_row_count is distinct from reasons.quarantined_row_count

union all

select
    coalesce(covered.source_system, events.source_system) as source_system,
    coalesce(covered.data_type, events.data_type) as subject,
    covered.event_count as row_count,
    events.event_count as other_row_count,
    'data_coverage and customer_timeline disagree' as problem
from covered
full outer join events on covered.source_system = events.source_system and covered.data_type = events.data_type
where covered.event_count is distinct from coalesce(events.event_count, 0)
