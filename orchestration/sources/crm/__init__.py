"""The demo company's CRM: customer records, consents, sales opportunities."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="crm",
    patterns={
        "customers": "customers.csv.gz",
        "consents": "consents.csv.gz",
        "opportunity_events": "opportunity_events.csv.gz",
    },
)
