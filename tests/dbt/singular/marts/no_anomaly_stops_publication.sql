-- What is missing, comes twice or is empty all at once would be published as a change of the business.
select
    data_anomaly_id,
    source_system,
    entity,
    observed_count,
    expected_count
from {{ ref('data_anomalies') }}
where severity = 'block'
