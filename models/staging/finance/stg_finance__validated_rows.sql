{{ validated_rows('finance', ['discount_rates', 'exchange_rates', 'fixed_costs']) }}
