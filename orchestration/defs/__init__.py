"""The Dagster graph: thin definitions over plain functions."""
