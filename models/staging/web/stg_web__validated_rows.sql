{{ validated_rows('web', ['app_events', 'events']) }}
