"""From a source system's files to the lake: contract, reader, loader. No Dagster import."""
