{% macro descriptive_events() %}
    {{ return([
        {'entity': 'customer_records', 'id': 'customer_record_id', 'event_type': "'recorded'",
         'description': "'record in ' || source_system"},
        {'entity': 'consents', 'id': 'consent_id', 'description': "'consent to ' || purpose",
         'event_type': "case when is_granted then 'granted' else 'withdrawn' end"},
        {'entity': 'life_events', 'id': 'life_event_id', 'event_type': 'life_event_type',
         'description': "'life event: ' || life_event_type"},
        {'entity': 'customer_attribute_changes', 'id': 'customer_attribute_change_id', 'event_type': "'changed'",
         'description': "'change of ' || attribute"},
    ]) }}
{% endmacro %}
