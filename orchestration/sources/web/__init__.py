"""The demo company's web tracking: the site's events as Parquet, the app's as JSON Lines, a folder a day."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="web",
    patterns={
        "events": "events/date=*/*.parquet",
        "app_events": "app_events/date=*/*.jsonl",
    },
)
