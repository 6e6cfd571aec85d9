-- What the matching compared, and why it proposed nothing where it could not.
with runs as (
    select * from {{ ref('int_matching__runs') }}
),

left_out as (
    select
        sum(left_out_record_count) as record_count,
        sum(left_out_pair_count) as pair_count
    from {{ ref('int_matching__blocking_rules') }}
)

select
    'current' as identity_match_run_id,
    runs.matched_at,
    runs.matching_version,
    runs.input_md5,
    runs.method as method_version,
    runs.reason,
    runs.record_count,
    runs.customer_count,
    runs.compared_pair_count,
    cast(coalesce(left_out.record_count, 0) as bigint) as left_out_record_count,
    cast(coalesce(left_out.pair_count, 0) as bigint) as left_out_pair_count,
    runs.prior_probability
from runs
cross join left_out
