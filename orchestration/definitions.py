"""What Dagster loads: the graph of the configuration in the environment."""

from orchestration.dbt_project import current_manifest
from orchestration.defs.graph import graph
from orchestration.settings import Settings

_settings = Settings.from_environment()
defs = graph(_settings, current_manifest(_settings))
