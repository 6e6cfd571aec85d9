{{ validated_rows('zendesk', ['satisfaction_ratings', 'ticket_events', 'tickets', 'users']) }}
