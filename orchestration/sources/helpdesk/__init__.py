"""The help desk: incremental exports, in which a deleted ticket is one with the status `deleted`.

A comment may become visible long after its time of change, and no list of keys tells. So the exports are read whole as
long as they are small, and from a week before the newest time after that.
"""

from datetime import timedelta

from orchestration.ingestion.records import SMALL, RecordTable
from orchestration.ingestion.rest_api import ApiSource, Endpoint, LinkedPages

SOURCE = ApiSource(
    name="helpdesk",
    tables={
        "tickets": RecordTable(
            ("ticket_id",), "updated_at", SMALL, timedelta(days=7), deleted_when=("status", "deleted")
        ),
        "ticket_events": RecordTable(
            ("event_id",), "updated_at", SMALL, timedelta(days=7), part_of=("ticket_id", "tickets")
        ),
        "comments": RecordTable(
            ("comment_id",), "updated_at", SMALL, timedelta(days=7), part_of=("ticket_id", "tickets")
        ),
    },
    endpoints={
        table: Endpoint(f"incremental/{table}", records=table, pages=LinkedPages())
        for table in ("tickets", "ticket_events", "comments")
    },
)
