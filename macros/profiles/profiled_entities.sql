{% macro profiled_entities() %}
    {#-
        The entities of the four types whose weeks are held against each other: those that happen on a business day.
        `part` is what of an entity is judged apart, as SQL: people have other attributes than organisations, and a
        questionnaire other scores than the next. `unsettled` columns change after the event: those of the last weeks differ
        from all others, and nothing is wrong with them. `customer` is whose rows come together: those of
        a `customer_id`, but for visitors, and for answers to different questions.
    -#}
    {{ return([
        {'entity': 'customer_records', 'part': 'customer_type', 'unsettled': ['segment', 'preferred_channel']},
        {'entity': 'consents', 'part': 'purpose'},
        {'entity': 'life_events'},
        {'entity': 'customer_attribute_changes'},
        {'entity': 'orders', 'unsettled': ['status', 'is_purchase']},
        {'entity': 'order_lines'},
        {'entity': 'payments'},
        {'entity': 'refunds'},
        {'entity': 'subscriptions', 'unsettled': ['status', 'cancel_reason']},
        {'entity': 'product_usage'},
        {'entity': 'survey_answers', 'part': 'instrument', 'customer': "customer_id || ':' || question"},
        {'entity': 'reviews'},
        {'entity': 'stated_needs'},
        {'entity': 'mentions'},
        {'entity': 'survey_invitation_events'},
        {'entity': 'message_events'},
        {'entity': 'web_events', 'customer': 'anonymous_id', 'unsettled': ['customer_id']},
        {'entity': 'opportunity_events'},
        {'entity': 'delivery_events', 'unsettled': ['is_on_time']},
        {'entity': 'agent_activities'},
        {'entity': 'tickets', 'unsettled': ['status', 'priority', 'agent', 'satisfaction_score']},
        {'entity': 'ticket_events'},
        {'entity': 'ticket_comments'},
    ]) }}
{% endmacro %}
