"""The demo company's messaging system: what was sent, and what became of it."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="messaging",
    patterns={
        "message_events": "message_events_*.csv.gz",
    },
)
