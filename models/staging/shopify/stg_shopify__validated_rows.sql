{{ validated_rows('shopify', ['customers', 'orders', 'products']) }}
