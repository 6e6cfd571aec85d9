{{ judged_rows('survey', ['answers', 'invitations', 'questions']) }}
