{{ validated_rows('ads', ['campaign_days']) }}
