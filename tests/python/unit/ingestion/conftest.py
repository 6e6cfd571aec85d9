"""A source of one table, its landing folder and its lake, small enough to break on purpose."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.ingestion.lake import write_view
from orchestration.ingestion.landing_source import LandingSource
from orchestration.ingestion.load import SourceLoad, load_source

HEADER = "answer_id,invitation_id,customer_number,instrument,question,score,touchpoint,channel,answered_at"


@dataclass
class Survey:
    """The demo company's survey tool, reduced to its answers."""

    folder: Path
    home: Path

    @property
    def source(self) -> LandingSource:
        return LandingSource("survey", {"answers": "answers*"})

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    def deliver(self, name: str, *ids: str, header: str = HEADER, text: bytes | None = None) -> Path:
        content = text if text is not None else self.rows(*ids, header=header)
        path = self.folder / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    def rows(self, *ids: str, header: str = HEADER) -> bytes:
        lines = [header, *(f"{i},I1,C1,csi_2023,overall_satisfaction,7,delivery,web,2024-01-01 10:00:00" for i in ids)]
        return "\n".join(lines).encode() + b"\n"

    def load(self) -> SourceLoad:
        return load_source(self.source, self.folder, self.lake, self.home / "dlt", datetime(2024, 2, 1, tzinfo=UTC))

    def answers(self) -> list[str]:
        """Ids of the answers a reader of the raw table sees."""
        database = self.home / "views.duckdb"
        write_view(database, self.lake, "survey", "answers")
        with duckdb.connect(str(database), read_only=True) as connection:
            if not connection.execute("select 1 from duckdb_views() where view_name = 'answers'").fetchall():
                return []
            rows = connection.execute("select answer_id from raw_survey.answers order by _file_name, _file_row")
            return [answer_id for (answer_id,) in rows.fetchall()]


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    folder = tmp_path / "landing" / "survey"
    folder.mkdir(parents=True)
    return Survey(folder, tmp_path / "home")
