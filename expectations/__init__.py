"""Expectation suites as data, one file a table, and the runner that holds them against DuckDB."""
