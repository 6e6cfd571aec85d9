{{ validated_rows('crm', [
    'activities', 'consents', 'customer_changes', 'customers', 'life_events',
    'needs', 'opportunities', 'opportunity_stages',
]) }}
