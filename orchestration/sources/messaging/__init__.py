"""The demo company's messaging system: what was planned and sent, and what became of it; Parquet, a folder a day."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="messaging",
    patterns={
        "message_events": "message_events/date=*/*.parquet",
    },
)
