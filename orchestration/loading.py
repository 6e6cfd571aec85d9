"""Loading one source of a configuration, by the way that its kind of source system asks for."""

from __future__ import annotations

from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.landing_source import LandingSource
from orchestration.ingestion.load import SourceLoad, load_source
from orchestration.ingestion.losses import LossLimit
from orchestration.ingestion.records import load_records
from orchestration.ingestion.sql_source import SqlSource
from orchestration.settings import Settings
from orchestration.sources import source_named


def load(name: str, settings: Settings) -> SourceLoad:
    """Bring to the lake what is new at the source `name`; calling it again loads nothing twice.

    Raises LandingError for what cannot be loaded.
    """
    source = source_named(name)
    limit = LossLimit(settings.most_lost_share, settings.confirmed_losses)
    to_lake = (settings.lake, settings.home / "dlt", settings.clock(), limit)
    if isinstance(source, LandingSource):
        return load_source(source, settings.landing_folder(name), *to_lake, settings.most_unpacked)
    if isinstance(source, SqlSource):
        return load_records(source.connect(settings.dsn(name)), *to_lake)
    if name not in settings.urls:
        raise LandingError(f"{name}: nothing says where its API is. CEM_{name.upper()}_URL does.")
    return load_records(source.connect(settings.urls[name], settings.tokens.get(name)), *to_lake)
