{{ validated_rows('shop', [
    'accounts', 'order_lines', 'orders', 'payments', 'products',
    'refunds', 'subscriptions', 'subscription_uses',
]) }}
