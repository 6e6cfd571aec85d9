-- The rows kept out of the four types, each with the rule it broke and the value that broke it.
with validated_rows as (
    select * from {{ ref('int_quality__validated_rows') }}
)

select
    source_system,
    raw_table,
    file_name,
    file_row,
    loaded_at,
    quarantine_rule,
    quarantine_value
from validated_rows
where quarantine_rule is not null
