"""Publishing: a versioned, read-only copy of the public models, and the atomic switch to it. No Dagster import."""
