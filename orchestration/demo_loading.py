"""The demo company in the place of APIs that nobody named: what loads a company's own sources never imports it."""

from __future__ import annotations

from dataclasses import replace

from orchestration.ingestion.load import SourceLoad
from orchestration.ingestion.rest_api import ApiSource
from orchestration.loading import load
from orchestration.settings import DEMO_SOURCES, Settings
from orchestration.sources import source_named


def load_or_serve(name: str, settings: Settings) -> SourceLoad:
    """Load the source `name`. Where it is an API of the demo company's without an address, a server answers that long.

    Raises LandingError for what cannot be loaded.
    """
    if name in settings.urls or name not in DEMO_SOURCES or not isinstance(source_named(name), ApiSource):
        return load(name, settings)
    from orchestration.demo_company.server import DemoServer

    with DemoServer(settings.landing_folder(name).parent) as server:
        urls = {**settings.urls, name: server.url(name)}
        return load(name, replace(settings, urls=urls, tokens={**settings.tokens, name: server.token}))
