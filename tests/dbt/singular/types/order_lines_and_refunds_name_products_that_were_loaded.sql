-- A product in quarantine leaves its lines without a name and a cost, and no reason to stop. Where more than twenty
-- lines, and one in twenty, have none, it is the list of products that did not arrive.
with rows_of_products as (
    select source_system, 'order_lines' as entity, product_id from {{ ref('order_lines') }}
    union all
    select source_system, 'refunds' as entity, product_id from {{ ref('refunds') }}
    where product_id is not null
),

products as (
    select * from {{ ref('products') }}
)

select
    rows_of_products.source_system,
    rows_of_products.entity,
    count(*) as row_count,
    count(*) - count(products.product_id) as row_count_without_product,
    min(case when products.product_id is null then rows_of_products.product_id end) as example_product_id
from rows_of_products
left join products on rows_of_products.product_id = products.product_id
group by rows_of_products.source_system, rows_of_products.entity
having count(*) - count(products.product_id) > 0.05 * count(*) and count(*) - count(products.product_id) > 20
