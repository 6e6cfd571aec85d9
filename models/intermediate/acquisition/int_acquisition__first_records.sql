-- What the oldest record that says a thing says of a customer: how somebody was won, and what they were then, does not
-- change with a newer record.
with customer_records as (
    select * from {{ ref('customer_records') }}
    where {{ is_known_record() }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id order by occurred_at asc nulls last, customer_record_id asc
        ) as age
    from customer_records
)

select
    customer_id,
    {% for attribute in ['acquisition_channel', 'country', 'customer_type'] %}
    min_by({{ attribute }}, case when {{ attribute }} is not null then age end) as {{ attribute }},
    {% endfor %}
    min(business_date) as first_recorded_date
from ranked
group by customer_id
