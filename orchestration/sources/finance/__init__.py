"""Finance: fixed costs, exchange rates, discount rates, as CSV."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="finance",
    patterns={
        "fixed_costs": "fixed_costs.csv",
        "exchange_rates": "exchange_rates.csv",
        "discount_rates": "discount_rates.csv",
    },
)
