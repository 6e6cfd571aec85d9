{% macro attitudinal_events() %}
    {{ return([
        {'entity': 'survey_answers', 'id': 'survey_answer_id', 'event_type': "'answered'", 'event_value': 'score',
         'description': "instrument || ': ' || question", 'channel': 'channel', 'touchpoint': 'touchpoint'},
        {'entity': 'reviews', 'id': 'review_order_id', 'event_type': "'reviewed'", 'event_value': 'rating',
         'description': 'instrument', 'channel': 'channel', 'touchpoint': 'touchpoint'},
        {'entity': 'stated_needs', 'id': 'stated_need_id', 'event_type': "'stated'",
         'description': "'need of ' || need", 'channel': 'channel'},
        {'entity': 'mentions', 'id': 'mention_id', 'event_type': "'mentioned'",
         'description': "'mention on ' || coalesce(platform, 'a platform')", 'channel': 'channel'},
    ]) }}
{% endmacro %}
