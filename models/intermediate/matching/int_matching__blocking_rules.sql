select
    rule,
    record_count,
    pair_count,
    left_out_record_count,
    left_out_pair_count,
    largest_block_record_count
from {{ source('matching', 'blocking_rules') }}
