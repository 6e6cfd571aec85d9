"""From the texts in the warehouse to their language and sentiment in the lake. No Dagster import.

dbt puts the texts together (models/intermediate/text), `language` and `sentiment` assess them, `lake_tables` writes,
dbt joins the scores back (docs/decisions/0020-texts.md).
"""
