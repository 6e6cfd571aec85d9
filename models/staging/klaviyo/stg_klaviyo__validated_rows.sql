{{ validated_rows('klaviyo', ['campaigns', 'events', 'metrics', 'profiles']) }}
