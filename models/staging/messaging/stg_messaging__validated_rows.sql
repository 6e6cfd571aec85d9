{{ validated_rows('messaging', ['message_events']) }}
