"""From records of customers in the warehouse to pairs that may be one person, in the lake. No Dagster import.

dbt prepares a row a record (int_identity__compared_records), `blocking` finds the pairs worth comparing, `model` has
Splink weigh them, `match_records` writes, and dbt decides what to propose (docs/decisions/0023-candidates.md).
"""
