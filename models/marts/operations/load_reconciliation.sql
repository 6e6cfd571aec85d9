-- Rows in = rows loaded + rows quarantined, by source and raw table, for the newest version of every file, and the
-- current state of every record.
with landing_files as (
    select * from {{ ref('int_quality__landing_files') }}
),

validated_rows as (
    select * from {{ ref('int_quality__validated_rows') }}
),

files as (
    select
        source_system,
        raw_table,
        count(*) as file_count,
        count(case when not is_counted then 1 end) as repeated_file_count,
        coalesce(sum(case when is_counted then row_count - superseded_row_count end), 0) as row_count,
        max(loaded_at) as last_loaded_at
    from landing_files
    where is_newest
    group by source_system, raw_table
),

validated as (
    select
        source_system,
        raw_table,
        count(*) - count(quarantine_rule) as loaded_row_count,
        count(quarantine_rule) as quarantined_row_count,
        count(case when {{ is_repeat('quarantine_rule') }} then 1 end) as repeated_row_count
    from validated_rows
    group by source_system, raw_table
)

select
    files.source_system || ':' || files.raw_table as load_reconciliation_id,
    files.source_system,
    files.raw_table,
    cast(files.file_count as bigint) as file_count,
    cast(files.repeated_file_count as bigint) as repeated_file_count,
    cast(files.row_count as bigint) as file_row_count,
    cast(coalesce(validated.loaded_row_count, 0) as bigint) as loaded_row_count,
    cast(coalesce(validated.quarantined_row_count, 0) as bigint) as quarantined_row_count,
    cast(coalesce(validated.repeated_row_count, 0) as bigint) as repeated_row_count,
    files.last_loaded_at
from files
left join validated
    on files.source_system = validated.source_system and files.raw_table = validated.raw_table
