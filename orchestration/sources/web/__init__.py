"""The demo company's web tracking: page views, searches, carts, logins."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="web",
    patterns={
        "events": "events_*.csv.gz",
    },
)
