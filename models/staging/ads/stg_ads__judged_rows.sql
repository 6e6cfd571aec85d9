{{ judged_rows('ads', ['campaign_days']) }}
