{{ validated_rows('survey', ['answers', 'invitations', 'questions']) }}
