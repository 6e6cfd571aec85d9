{{ judged_rows('social', ['posts']) }}
