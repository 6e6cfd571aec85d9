{{ judged_rows('crm', ['consents', 'customers', 'opportunity_events']) }}
