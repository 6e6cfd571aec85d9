-- Drivers drive one construct: none would leave them without an outcome, of two one would be passed over.
select count(*) as outcome_count
from {{ ref('satisfaction_constructs') }}
where is_outcome
having count(*) <> 1
