-- What was computed, as it is: a column that is computed in addition is described in the YAML beside it, and is here.
select {{ described_columns() }}
from {{ source('valuation', 'history_scores') }}
