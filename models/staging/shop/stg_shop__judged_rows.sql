{{ judged_rows('shop', ['order_lines', 'orders', 'payments', 'products', 'refunds']) }}
