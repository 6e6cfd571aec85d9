with staged as (
    {{ union_staging('validated_rows') }}
)

select
    source_system,
    raw_table,
    file_name,
    file_row,
    loaded_at,
    quarantine_rule,
    quarantine_value
from staged
