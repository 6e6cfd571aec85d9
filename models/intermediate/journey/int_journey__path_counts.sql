-- Paths as the models of attribution need them: counted, by groups that customers fall into by chance, whatever the
-- warehouse calls them. All paths of a customer are in one group, so that whole customers are drawn or held out.
with customer_groups as (
    select
        customer_id,
        substr(md5(min(customer_namespace || ':' || source_customer_id)), 1, 2) as customer_group
    from {{ ref('int_identity__customer_keys') }}
    group by customer_id
)

select
    paths.conversion_type,
    paths.path,
    customer_groups.customer_group,
    cast(count(*) as bigint) as path_count,
    cast(sum(case when paths.has_converted then 1 else 0 end) as bigint) as conversion_count,
    cast(sum(paths.goods_amount) as decimal(28, 4)) as goods_amount
from {{ ref('int_journey__paths') }} as paths
inner join customer_groups on paths.customer_id = customer_groups.customer_id
group by paths.conversion_type, paths.path, customer_groups.customer_group
