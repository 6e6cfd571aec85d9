{{ validated_rows('olist', [
    'closed_deals', 'customers', 'leads',
    'order_items', 'order_payments', 'order_reviews', 'orders', 'product_category_names', 'products', 'sellers',
]) }}
