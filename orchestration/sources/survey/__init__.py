"""The survey tool: an API with cursors. Questions come within their instrument, answers within their response.

It forgets what is deleted, as survey tools do: a deleted response is one that is not there any more (decision 16).
A question that was taken out of an instrument stays in the lake: answers to it still need its scale.
"""

from orchestration.ingestion.records import SMALL, RecordTable
from orchestration.ingestion.rest_api import ApiSource, CursorPages, Endpoint

SOURCE = ApiSource(
    name="survey",
    tables={
        "questions": RecordTable(key=("instrument", "question"), cursor=None),
        "invitations": RecordTable(key=("invitation_id",), cursor="updated_at", whole_up_to=SMALL, compares_keys=True),
        "answers": RecordTable(key=("answer_id",), cursor="updated_at", whole_up_to=SMALL, compares_keys=True),
    },
    endpoints={
        "questions": Endpoint("instruments", records="items", pages=CursorPages(), nested="questions"),
        "invitations": Endpoint("invitations", records="items", pages=CursorPages()),
        "answers": Endpoint("responses", records="items", pages=CursorPages(), nested="answers"),
    },
)
