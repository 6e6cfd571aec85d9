-- Why rows were kept out, counted by rule, with one place to look at. The rows themselves stay private to the pipeline.
with quarantined_rows as (
    select * from {{ ref('int_quality__quarantined_rows') }}
)

select
    md5(source_system || ':' || raw_table || ':' || quarantine_rule) as quarantine_reason_id,
    source_system,
    raw_table,
    quarantine_rule,
    cast(count(*) as bigint) as quarantined_row_count,
    min(file_name) as example_file_name,
    cast(min_by(file_row, file_name || ':' || lpad(cast(file_row as string), 12, '0')) as bigint) as example_file_row
from quarantined_rows
group by source_system, raw_table, quarantine_rule
