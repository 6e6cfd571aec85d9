{{ validated_rows('helpdesk', ['comments', 'ticket_events', 'tickets']) }}
