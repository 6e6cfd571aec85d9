"""Statistics of the warehouse: pure functions on arrays; no files, no database, no Dagster."""
