{{ judged_rows('web', ['events']) }}
