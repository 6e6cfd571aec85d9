{{ judged_rows('survey', ['answers', 'invitation_events']) }}
