-- Every event of the four types in one shape. An event without a time (a record that says not since when) has no place
-- in time, and is not here; neither is what did not reach the customer: a message only planned, or held out, and a note
-- among agents.

-- What each type says of its events, as SQL on its columns. Where it says nothing, an event has no channel, touchpoint
-- or value, every row counts, and its time is the row's.
{% set declared = {
    'descriptive': [
        {'entity': 'customer_records', 'id': 'customer_record_id', 'event_type': "'recorded'",
         'description': "'record in ' || source_system"},
        {'entity': 'consents', 'id': 'consent_id', 'description': "'consent to ' || purpose",
         'event_type': "case when is_granted then 'granted' else 'withdrawn' end"},
        {'entity': 'life_events', 'id': 'life_event_id', 'event_type': 'life_event_type',
         'description': "'life event: ' || life_event_type"},
        {'entity': 'customer_attribute_changes', 'id': 'customer_attribute_change_id', 'event_type': "'changed'",
         'description': "'change of ' || attribute"},
    ],
    'behavioural': [
        {'entity': 'orders', 'id': 'order_id', 'event_type': 'status', 'description': "'order'", 'channel': 'channel'},
        {'entity': 'order_lines', 'id': 'order_line_id', 'event_type': "'ordered'", 'event_value': 'amount',
         'description': "cast(quantity as string) || ' of ' || product_id"},
        {'entity': 'payments', 'id': 'payment_id', 'event_type': "'paid'", 'event_value': 'amount',
         'description': "'payment by ' || coalesce(payment_method, 'unknown means')"},
        {'entity': 'refunds', 'id': 'refund_id', 'event_type': "'refunded'", 'event_value': '-amount',
         'description': "'refund'"},
        {'entity': 'subscriptions', 'id': "subscription_id || ':started'", 'event_type': "'started'",
         'event_value': 'monthly_amount', 'description': "'subscription to ' || plan"},
        {'entity': 'subscriptions', 'id': "subscription_id || ':ended'", 'event_type': "'ended'",
         'event_value': '-monthly_amount', 'description': "'subscription to ' || plan",
         'occurred_at': 'ended_at', 'business_date': local_date('ended_at', 'time_zone')},
        {'entity': 'product_usage', 'id': 'product_usage_id', 'event_type': "'used'", 'event_value': 'quantity',
         'description': "'use of ' || feature"},
    ],
    'attitudinal': [
        {'entity': 'survey_answers', 'id': 'survey_answer_id', 'event_type': "'answered'", 'event_value': 'score',
         'description': "instrument || ': ' || question", 'channel': 'channel', 'touchpoint': 'touchpoint'},
        {'entity': 'reviews', 'id': 'review_order_id', 'event_type': "'reviewed'", 'event_value': 'rating',
         'description': 'instrument', 'channel': 'channel', 'touchpoint': 'touchpoint'},
        {'entity': 'stated_needs', 'id': 'stated_need_id', 'event_type': "'stated'",
         'description': "'need of ' || need", 'channel': 'channel'},
        {'entity': 'mentions', 'id': 'mention_id', 'event_type': "'mentioned'",
         'description': "'mention on ' || coalesce(platform, 'a platform')", 'channel': 'channel'},
    ],
    'interaction': [
        {'entity': 'survey_invitation_events', 'id': 'survey_invitation_event_id', 'event_type': 'event_type',
         'description': "'invitation to ' || instrument", 'channel': 'channel'},
        {'entity': 'message_events', 'id': 'message_event_id', 'event_type': 'event_type',
         'description': "'message of ' || coalesce(campaign, 'no campaign')", 'channel': 'channel',
         'where': "event_type not in ('planned', 'held_out')"},
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
         'where': 'coalesce(is_public, true)'},
    ],
} %}

{% for data_type, types in declared.items() %}
{%- set is_last = loop.last -%}
{% for type in types %}
select
    '{{ type.entity }}:' || {{ type.id }} as event_id,
    customer_id,
    '{{ data_type }}' as data_type,
    '{{ type.entity }}' as entity,
    {{ type.event_type }} as event_type,
    {{ type.occurred_at or 'occurred_at' }} as occurred_at,
    {{ type.business_date or 'business_date' }} as business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast({{ type.channel or 'null' }} as string) as channel,
    cast({{ type.touchpoint or 'null' }} as string) as touchpoint,
    {{ type.is_identified or 'true' }} as is_identified,
    {{ type.description }} as description,
    cast({{ type.event_value or 'null' }} as decimal(18, 4)) as event_value
from {{ ref(type.entity) }}
where {{ type.occurred_at or 'occurred_at' }} is not null
    and {{ type.where or 'true' }}
{{ 'union all' if not (loop.last and is_last) }}
{% endfor %}
{% endfor %}
