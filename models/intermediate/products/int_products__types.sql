-- What kind of thing each product is that was ever listed or sold, and what that counts as: by its code, else by its
-- category, as its source writes them; else by a word that means the same everywhere; else it is goods.
with listed as (
    {{ staged_columns('products', {'product_id': 'string', 'source_system': 'string', 'category': 'string'}) }}
),

sold as (
    {{ staged_columns('order_lines', {'product_id': 'string', 'source_system': 'string'}) }}
),

-- A line may be of a product that the list lacks.
products as (
    select product_id, source_system, max(category) as category
    from (
        select product_id, source_system, category from listed
        union all
        select distinct product_id, source_system, cast(null as string) from sold
    ) as named
    where product_id is not null
    group by product_id, source_system
),

names as (
    select product_id, source_system, 1 as place, substr(product_id, length(source_system) + 2) as code_or_category
    from products
    union all
    select product_id, source_system, 2, category
    from products
    where category is not null
),

codes as (
    select * from {{ ref('product_codes') }}
),

found as (
    select names.product_id, names.place, codes.product_type
    from names
    inner join codes
        on names.source_system = codes.source_system and names.code_or_category = codes.code_or_category
    union all
    select names.product_id, names.place + 2, codes.product_type
    from names
    inner join codes
        on codes.source_system = 'any'
        and {{ plain_text("replace(names.code_or_category, '_', ' ')") }} = {{ plain_text('codes.code_or_category') }}
),

first_found as (
    select product_id, product_type
    from (
        select
            product_id,
            product_type,
            row_number() over (partition by product_id order by place asc, product_type asc) as turn
        from found
    ) as ranked
    where turn = 1
),

typed as (
    select
        products.product_id,
        coalesce(first_found.product_type, 'product') as product_type
    from products
    left join first_found on products.product_id = first_found.product_id
)

select
    typed.product_id,
    typed.product_type,
    product_types.counts_as
from typed
left join {{ ref('product_types') }} as product_types on typed.product_type = product_types.product_type
