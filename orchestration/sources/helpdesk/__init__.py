"""The help desk: incremental exports, in which a deleted ticket is one with the status `deleted`."""

from orchestration.ingestion.records import RecordTable
from orchestration.ingestion.rest_api import ApiSource, Endpoint, LinkedPages

SOURCE = ApiSource(
    name="helpdesk",
    tables={
        "tickets": RecordTable(key=("ticket_id",), cursor="updated_at", deleted_when=("status", "deleted")),
        "ticket_events": RecordTable(key=("event_id",), cursor="updated_at"),
        "comments": RecordTable(key=("comment_id",), cursor="updated_at"),
    },
    endpoints={
        table: Endpoint(f"incremental/{table}", records=table, pages=LinkedPages())
        for table in ("tickets", "ticket_events", "comments")
    },
)
