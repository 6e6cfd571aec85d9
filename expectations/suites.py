"""The expectation suites: `expectations/<layer>/<schema>__<table>.yml`, read without Great Expectations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Suite:
    """What is expected of one table. `expectations` are Great Expectations' own type and kwargs, with a `because`."""

    layer: str
    schema: str
    table: str
    expectations: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.table}"


def load_suites(layer: str) -> list[Suite]:
    """The suites of `raw` or `marts`, in the order of their names. Raises ValueError for a file that is no suite."""
    suites = []
    for path in sorted((FOLDER / layer).glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not content or not content.get("expectations"):
            raise ValueError(f"{path}: no 'expectations' in it.")
        schema, table = path.stem.split("__", 1)
        suites.append(Suite(layer, schema, table, tuple(content["expectations"])))
    return suites
