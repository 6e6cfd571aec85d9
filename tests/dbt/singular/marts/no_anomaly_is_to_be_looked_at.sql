{{ config(severity='warn') }}

-- The run goes on, and its summary says what is out of line, since when and what to do.
select
    data_anomaly_id,
    source_system,
    entity,
    observed_count,
    expected_count
from {{ ref('data_anomalies') }}
where severity = 'warn'
