"""Review platforms and social networks: reviews and mentions, a JSON Lines file a month."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="social",
    patterns={
        "posts": "posts_*.jsonl",
    },
)
