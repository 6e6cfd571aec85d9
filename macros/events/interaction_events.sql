{% macro interaction_events() %}
    {{ return([
        {'entity': 'survey_invitation_events', 'id': 'survey_invitation_event_id', 'event_type': 'event_type',
         'description': "'invitation to ' || instrument", 'channel': 'channel'},
        {'entity': 'message_events', 'id': 'message_event_id', 'event_type': 'event_type',
         'description': "'message of ' || coalesce(campaign, 'no campaign')", 'channel': 'channel',
         'where': message_has_happened()},
        {'entity': 'web_events', 'id': 'web_event_id', 'event_type': 'event_type',
         'description': 'coalesce(page, event_type)', 'channel': 'channel', 'is_identified': 'is_identified'},
        {'entity': 'opportunity_events', 'id': 'opportunity_event_id', 'event_type': 'stage',
         'event_value': 'expected_amount', 'description': "'opportunity ' || opportunity_id", 'channel': 'channel'},
        {'entity': 'delivery_events', 'id': 'delivery_event_id', 'event_type': 'event_type',
         'description': "'delivery of ' || order_id", 'channel': 'channel', 'touchpoint': "'delivery'"},
        {'entity': 'agent_activities', 'id': 'agent_activity_id', 'event_type': 'activity_type',
         'description': "coalesce(direction || ' ', '') || activity_type", 'channel': 'channel'},
        {'entity': 'ticket_events', 'id': 'ticket_event_id', 'event_type': 'event_type',
         'description': "'case ' || ticket_id", 'channel': 'channel', 'touchpoint': "'support'"},
        {'entity': 'ticket_comments', 'id': 'ticket_comment_id', 'event_type': "'commented'",
         'description': "'message by ' || author", 'channel': 'channel', 'touchpoint': "'support'",
         'where': is_public_message()},
    ]) }}
{% endmacro %}
