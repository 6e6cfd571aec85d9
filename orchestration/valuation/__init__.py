"""From counted histories in the warehouse to fits and scores in the lake. No Dagster import.

dbt counts (models/intermediate/value), `scoring` fits and scores with `orchestration.statistics`, `lake_tables` writes,
dbt joins the scores back (docs/decisions/0019-customer-value.md).
"""
