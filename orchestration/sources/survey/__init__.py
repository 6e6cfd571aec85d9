"""The demo company's survey tool: invitations and answers."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="survey",
    patterns={
        "invitation_events": "invitation_events.csv.gz",
        "answers": "answers.csv.gz",
    },
)
