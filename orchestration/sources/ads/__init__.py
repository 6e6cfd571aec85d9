"""Advertising platforms: what campaigns cost and brought, a CSV file a channel and month."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="ads",
    patterns={
        "campaign_days": "campaign_days_*.csv",
    },
)
