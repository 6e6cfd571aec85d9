"""The demo company's CRM, a SQL database: customer records, consents, what customers told, sales opportunities.

Every table compares keys: a customer who is erased takes everything along, without a trace in any other row. Consents
and other events are read whole: their time is when it happened, and whoever corrects or withdraws one in its row leaves
that time as it is.
"""

from orchestration.ingestion.records import ALWAYS, SMALL, RecordTable
from orchestration.ingestion.sql_source import SqlSource

SOURCE = SqlSource(
    name="crm",
    tables={
        "customers": RecordTable(("customer_number",), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "customer_changes": RecordTable(("change_id",), "changed_at", whole_up_to=ALWAYS, compares_keys=True),
        "consents": RecordTable(("consent_id",), "recorded_at", whole_up_to=ALWAYS, compares_keys=True),
        "life_events": RecordTable(("life_event_id",), "reported_at", whole_up_to=ALWAYS, compares_keys=True),
        "needs": RecordTable(("need_id",), "stated_at", whole_up_to=ALWAYS, compares_keys=True),
        "opportunities": RecordTable(("opportunity_id",), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "opportunity_stages": RecordTable(("stage_change_id",), "changed_at", whole_up_to=ALWAYS, compares_keys=True),
        "activities": RecordTable(("activity_id",), "occurred_at", whole_up_to=ALWAYS, compares_keys=True),
    },
)
