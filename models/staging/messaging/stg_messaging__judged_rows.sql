{{ judged_rows('messaging', ['message_events']) }}
