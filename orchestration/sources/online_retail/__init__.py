"""UCI Online Retail: the invoice lines of a British gift wholesaler, one gzip CSV a trading day."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="online_retail",
    patterns={
        "invoice_lines": "*.csv.gz",
    },
)
