"""From answers in the warehouse to what constructs of satisfaction do to each other, in the lake. No Dagster import.

dbt puts answers together by respondent (int_satisfaction__construct_answers), `path_estimates` estimates with
`orchestration.statistics`, `relate_constructs` writes, and dbt shows it (docs/decisions/0061-path-model.md).
"""
