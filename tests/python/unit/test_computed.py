"""What Python computes, in the lake: as the YAML declares it, a version for each input."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from orchestration import computed
from orchestration.computed import ComputedLoad, NotAsDeclaredError, declared_table, known_versions

NOW = datetime(2024, 1, 2, tzinfo=UTC)
DECLARED = """
sources:
  - name: worth
    tables:
      - name: scores
        columns:
          - {name: customer_id, data_type: string}
          - {name: score, data_type: double}
          - {name: _file_name, data_type: string}
          - {name: _loaded_at, data_type: timestamp}
      - name: days
        columns:
          - {name: day, data_type: date}
      - name: landing_files
        columns: []
"""
ROW = {"customer_id": "a", "score": 1.0}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that declares one computed source, in a folder whose name need not be the source's."""
    folder = tmp_path / "models" / "intermediate" / "value"
    folder.mkdir(parents=True)
    (folder / "_value__sources.yml").write_text(DECLARED)
    monkeypatch.setattr(computed, "PROJECT_ROOT", tmp_path)


def test_names_types_and_order_of_columns_are_those_declared() -> None:
    rows = declared_table("worth", "scores", [{"score": 2, "customer_id": "a"}, {"customer_id": None, "score": None}])
    assert rows.schema == pa.schema({"customer_id": pa.string(), "score": pa.float64()})
    columns = {"score": np.array([2.0, np.nan, np.inf]), "customer_id": ["a", None, None]}
    assert declared_table("worth", "scores", columns)["score"].to_pylist() == [2.0, None, None]
    assert declared_table("worth", "scores", []).num_rows == 0


@pytest.mark.parametrize(
    ("table", "rows", "message"),
    [
        ("scores", [ROW, {**ROW, "rank": 1}], r"worth\.scores: `rank` is computed and not declared"),
        ("scores", [ROW, {"score": 1.0}], r"worth\.scores: `customer_id` is declared and not computed"),
        ("scores", {"customer_id": ["a"]}, r"worth\.scores: `score` is declared and not computed"),
        ("ranks", [ROW], r"worth\.ranks is computed, and models/intermediate/value/_value__sources\.yml declares no"),
        ("days", [{"day": NOW}], r"declares `day` as date; what is computed is string, bigint, double, boolean"),
    ],
)
def test_what_is_not_as_declared_is_named(table: str, rows: computed.Rows, message: str) -> None:
    with pytest.raises(NotAsDeclaredError, match=message):
        declared_table("worth", table, rows)


def test_a_source_that_nothing_declares_is_named() -> None:
    with pytest.raises(NotAsDeclaredError, match="declares the source mood"):
        declared_table("mood", "scores", [ROW])


def test_a_name_gets_a_version_when_its_input_changes(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    for content, unchanged in (("one", False), ("one", True), ("two", False), ("one", False)):
        with ComputedLoad(lake, "worth", NOW) as load:
            assert load.is_unchanged("current", content) == unchanged
            if not unchanged:
                load.add("current", content, {"scores": [ROW]})
    assert known_versions(lake, "worth")["current"] == computed.Known(3, "one")


def test_nothing_of_a_load_is_read_where_something_was_not_as_declared(tmp_path: Path) -> None:
    def add(*rows: dict[str, object]) -> None:
        with ComputedLoad(tmp_path / "lake", "worth", NOW) as load:
            for number, row in enumerate(rows):
                load.add(str(number), "one", {"scores": [row]})

    with pytest.raises(NotAsDeclaredError):
        add(ROW, {})
    assert known_versions(tmp_path / "lake", "worth") == {}
    add(ROW, ROW)
    assert known_versions(tmp_path / "lake", "worth").keys() == {"0", "1"}
