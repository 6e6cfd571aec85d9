{% macro behavioural_events() %}
    {{ return([
        {'entity': 'orders', 'id': 'order_id', 'event_type': 'status', 'description': "'order'", 'channel': 'channel'},
        {'entity': 'order_lines', 'id': 'order_line_id', 'event_type': "'ordered'", 'event_value': 'amount',
         'description': "cast(quantity as string) || ' of ' || product_id"},
        {'entity': 'payments', 'id': 'payment_id', 'event_type': "'paid'", 'event_value': 'amount',
         'description': "'payment by ' || coalesce(payment_method, 'unknown means')"},
        {'entity': 'refunds', 'id': 'refund_id', 'event_type': "'refunded'", 'event_value': '-amount',
         'description': "'refund'"},
        {'entity': 'subscriptions', 'id': "subscription_id || ':started'", 'event_type': "'started'",
         'event_value': 'monthly_amount', 'description': "'subscription to ' || plan"},
        {'entity': 'subscriptions', 'id': "subscription_id || ':ended'", 'event_type': "'ended'",
         'event_value': '-monthly_amount', 'description': "'subscription to ' || plan",
         'occurred_at': 'ended_at', 'business_date': local_date('ended_at', 'time_zone')},
        {'entity': 'product_usage', 'id': 'product_usage_id', 'event_type': "'used'", 'event_value': 'quantity',
         'description': "'use of ' || feature"},
    ]) }}
{% endmacro %}
