-- By what each answer, and each invitation, is told apart from others, as it was known at its time: nothing here is of
-- later. Together the values of a dimension are all occasions once, so that parts add up to their whole: `unknown` are
-- those of which nothing was known, or several things at once.
with occasions as (
    select * from {{ ref('int_satisfaction__occasions') }}
),

orders as (
    select * from {{ ref('orders') }}
),

-- Regions tell nobody apart in value_drivers, where each level costs the others; here they do.
attributes as (
    select attribute from {{ ref('profile_attributes') }}
    where (is_dimension or attribute = 'region') and not is_personal
),

-- How a customer was won is told by the first record, whatever later ones say.
history as (
    select intervals.*
    from {{ ref('customer_attributes') }} as intervals
    inner join attributes on intervals.attribute = attributes.attribute
    where intervals.attribute_value is not null and intervals.attribute <> 'acquisition_channel'
),

-- The newest of the statements that held counts.
stated as (
    select
        occasions.occasion_id,
        history.attribute,
        history.attribute_value,
        {{ place_among_held('history', ['occasions.occasion_id', 'history.attribute']) }} as recency
    from occasions
    inner join history
        on occasions.customer_id = history.customer_id
        and {{ held_at('history', 'occasions.occurred_at') }}
),

with_history as (
    select distinct customer_id, attribute from history
),

-- An attribute without a history is taken as it is now: nothing else is known of it.
without_history as (
    select dimensions.customer_id, dimensions.attribute, dimensions.attribute_value
    from {{ ref('customer_dimensions') }} as dimensions
    left join with_history
        on dimensions.customer_id = with_history.customer_id and dimensions.attribute = with_history.attribute
    where with_history.customer_id is null
),

stages as (
    select occasions.occasion_id, journey.stage
    from occasions
    inner join {{ ref('journey_stages') }} as journey
        on occasions.customer_id = journey.customer_id
        and journey.axis = 'relationship'
        and occasions.occurred_at >= journey.valid_from
        and (journey.valid_to is null or occasions.occurred_at < journey.valid_to)
),

-- The tier of the month-end before: that of the answer's own month is made of what came after it.
tiers as (
    select occasions.occasion_id, snapshots.value_tier
    from occasions
    inner join {{ newest_snapshots() }} as snapshots
        on occasions.customer_id = snapshots.customer_id
        and occasions.month_date = cast(cast(snapshots.month_date as timestamp) + interval 1 month as date)
),

orders_spoken_of as (
    select distinct order_id from occasions
),

category_amounts as (
    select lines.order_id, products.category, sum(lines.amount) as amount
    from {{ ref('order_lines') }} as lines
    inner join orders_spoken_of on lines.order_id = orders_spoken_of.order_id
    inner join {{ ref('products') }} as products on lines.product_id = products.product_id
    where products.category is not null
    group by lines.order_id, products.category
),

-- An order of several categories counts once, for that of which most was bought.
order_categories as (
    select
        order_id,
        category,
        row_number() over (partition by order_id order by amount desc nulls last, category asc) as place
    from category_amounts
),

about as (
    select
        occasions.occasion_id,
        occasions.touchpoint,
        occasions.channel,
        occasions.phase,
        orders.channel as order_channel,
        coalesce(products.category, order_categories.category) as product_category,
        {{ punctuality('orders.promised_delivery_at', 'orders.delivered_at', 'occasions.occurred_at') }} as delivery
    from occasions
    left join orders on occasions.order_id = orders.order_id
    left join order_categories on occasions.order_id = order_categories.order_id and order_categories.place = 1
    left join {{ ref('products') }} as products on occasions.product_id = products.product_id
),

known as (
    select
        about.occasion_id,
        named.dimension,
        case named.dimension
            when 'none' then 'all'
            when 'touchpoint' then about.touchpoint
            when 'channel' then about.channel
            when 'phase' then about.phase
            when 'order_channel' then about.order_channel
            when 'product_category' then about.product_category
            when 'delivery' then about.delivery
        end as dimension_value
    from about
    cross join (
        values ('none'), ('touchpoint'), ('channel'), ('phase'), ('order_channel'), ('product_category'), ('delivery')
    ) as named (dimension)

    union all

    select occasion_id, attribute, attribute_value
    from stated
    where recency = 1

    union all

    select occasions.occasion_id, without_history.attribute, without_history.attribute_value
    from occasions
    inner join without_history on occasions.customer_id = without_history.customer_id

    union all

    select occasion_id, 'stage', stage
    from stages

    union all

    select occasion_id, 'value_tier', value_tier
    from tiers
),

-- A questionnaire that no dimension fits, such as products where it asks about none, is not cut by it.
fitting as (
    select distinct occasions.questionnaire, known.dimension
    from known
    inner join occasions on known.occasion_id = occasions.occasion_id
    where known.dimension_value is not null and known.dimension_value <> 'unknown'
)

select
    occasions.occasion_id,
    fitting.dimension,
    coalesce(known.dimension_value, 'unknown') as dimension_value
from occasions
inner join fitting on occasions.questionnaire = fitting.questionnaire
left join known on occasions.occasion_id = known.occasion_id and fitting.dimension = known.dimension
