"""How files are written is guessed from them, said once in the pack, and marked where it could be otherwise."""

from __future__ import annotations

import gzip
import io
import runpy
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import jinja2
import pytest

from orchestration.ingestion.dialect import PLAIN, Dialect
from orchestration.ingestion.landing_source import LandingSource
from orchestration.new_source.dialects import guess_dialect
from orchestration.new_source.errors import NewSourceError
from orchestration.new_source.inspection import Column, inspect
from tests.python.conftest import REPOSITORY

QUALTRICS = (
    b"StartDate,Q1,ResponseId\n"
    b'"Start\nDate","How satisfied, in all?",Response ID\n'
    b'"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}","{""ImportId"":""_recordId""}"\n'
    b"2024-01-01 10:00:00,9,R_1\n"
)


@pytest.mark.parametrize(
    ("content", "dialect", "doubt"),
    [
        (b"a,b\n1,2\n", PLAIN, None),
        (b"a\n1\n", PLAIN, None),
        (b"\xef\xbb\xbfa;b\n1;2,5\n", Dialect(";"), None),
        ("a\tb\n1\té\n".encode(), Dialect("\t"), None),
        ("a|b\n1|é\n".encode("utf-16"), Dialect("|", "utf-16"), None),
        ("a;b\n1;€\n".encode("cp1252"), Dialect(";", "windows-1252"), "are read as Windows-1252"),
        (b'a;b\n1;"x, y; z\nand, more"\n2;q\n', Dialect(";"), None),
        (b"Orders of May\n\na;b\n1;2\n", Dialect(";", rows_above_header=2), "its header is row 3"),
        (b"Orders;;\n;;\na;b;c\n1;2;3\n", Dialect(";", rows_above_header=2), "its header is row 3"),
        (b"a;b,c\n1;2,5\n", PLAIN, "separated by commas, and could be by semicolons"),
        (QUALTRICS, Dialect(rows_below_header=2), None),
    ],
)
def test_a_dialect_is_guessed_from_a_file(content: bytes, dialect: Dialect, doubt: str | None, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    guess = guess_dialect([tmp_path / "a.csv"])
    assert guess.dialect == dialect
    assert [doubt in told for told in guess.doubts] == [True] if doubt else not guess.doubts


def test_files_of_one_table_have_one_encoding(tmp_path: Path) -> None:
    for name, encoding in (("a1.csv", "utf-8"), ("a2.csv", "cp1252"), ("a3.csv", "ascii")):
        (tmp_path / name).write_bytes("a,b\n1,é\n".replace("é", "e" if encoding == "ascii" else "é").encode(encoding))
    assert guess_dialect([tmp_path / "a3.csv", tmp_path / "a2.csv"]).dialect == Dialect(encoding="windows-1252")
    with pytest.raises(NewSourceError, match=r"several encodings: .*a1\.csv UTF-8, .*a2\.csv Windows-1252"):
        guess_dialect([tmp_path / "a1.csv", tmp_path / "a2.csv"])


def columns_of(content: bytes, folder: Path) -> dict[str, Column]:
    (folder / "files").mkdir()
    (folder / "files/a.csv").write_bytes(content)
    (table,) = inspect(folder / "files", folder)
    return {column.name: column for column in table.columns}


def test_a_mark_that_may_be_either_is_read_as_the_other_columns_are_and_told(tmp_path: Path) -> None:
    content = (
        b"n;never;unsure;round;groups;tel\n"
        b"1;2,5;1.234;1.000;1.234,50;030 123 456\n"
        b"2;12,50;5.678;500;7,5;040 123 456\n"
        b"3;1.234;9.001;2.000;9,0;050 123 456\n"
    )
    found = columns_of(content, tmp_path)
    assert {name: (c.kind, c.has_decimal_comma, c.has_groups, c.is_mark_sure) for name, c in found.items()} == {
        "n": ("integer", False, False, True),
        "never": ("number", True, False, True),
        "unsure": ("number", True, True, False),
        "round": ("number", True, True, False),
        "groups": ("number", True, True, True),
        "tel": ("text", False, False, True),
    }
    # A thousand, or one and something: the row is set aside.
    assert (found["never"].misfit, found["never"].misfit_count) == ("a.csv, row 3", 1)
    assert (found["unsure"].lowest, found["round"].highest, found["groups"].highest) == ("1234", "2000", "1234.5000")


def test_thousands_in_groups_beside_a_decimal_point(tmp_path: Path) -> None:
    found = columns_of(b'x,y,z\n"1,234.50",1.234,"1,234"\n7.5,5.678,"2,345"\n', tmp_path)
    assert {name: (c.has_decimal_comma, c.has_groups, c.is_mark_sure) for name, c in found.items()} == {
        "x": (False, True, True),
        "y": (False, False, False),
        "z": (False, True, False),
    }
    assert (found["x"].highest, found["y"].lowest, found["z"].lowest) == ("1234.5000", "1.2340", "1234")


def macro(name: str) -> Callable[..., str]:
    """The macro of staging, as DuckDB gets it."""
    environment = jinja2.Environment()
    environment.globals["matches"] = lambda text, pattern: f"regexp_matches({text}, '{pattern}')"
    text = (REPOSITORY / f"macros/staging/{name}.sql").read_text(encoding="utf-8")
    made: Callable[..., str] = getattr(environment.from_string(text).module, name)
    return made


def test_macros_read_numbers_as_they_were_looked_at() -> None:
    comma, point = macro("point_for_comma"), macro("without_grouping")
    asked = {
        ("1.234,56", comma("t")): "1234.56",
        ("1’234,5", comma("t")): "1234.5",
        ("1\u00a0234\u202f567,5", comma("t")): "1234567.5",
        ("-1.234", comma("t")): "-1234",
        ("1,5", comma("t", is_grouped=False)): "1.5",
        ("1.234", comma("t", is_grouped=False)): "1.234?",
        ("0.234", comma("t", is_grouped=False)): "0.234",
        ("1.23", comma("t")): "1.23",
        ("1,234.56", point("t")): "1234.56",
        ("1'234", point("t")): "1234",
        ("1,23", point("t")): "1,23",
        ("x", point("t")): "x",
    }
    for (text, sql), number in asked.items():
        assert duckdb.execute(f"select {sql} from (select ? as t)", [text]).fetchall() == [(number,)], text


ORDERS = "Bestellnummer;Kunde;Bestelldatum;Betrag\n" + "".join(
    f"B{n};Müller{n % 3};{n:02d}.02.2024;1.2{n}\n" for n in range(13, 25)
)


def test_the_pack_says_its_dialect_once_and_what_of_it_is_a_guess(
    write_pack: Callable[..., str], project: Path, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Bestellungen.csv", ORDERS.encode("cp1252"))
    (tmp_path / "delivered").mkdir()
    (tmp_path / "delivered/Bestellungen.zip").write_bytes(packed.getvalue())
    (tmp_path / "delivered/Kunden.tsv.gz").write_bytes(gzip.compress(b"Kunde\tLand\nM\xc3\xbcller1\tDE\n"))
    said = write_pack({})
    assert "bestellungen: Bestellungen.zip, separated by semicolons, Windows-1252, 12 rows" in said
    assert "Bestellungen.zip: bytes that are not UTF-8 are read as Windows-1252: a guess." in said
    assert "orchestration/sources/web_shop/__init__.py: 1" in said
    source = runpy.run_path(str(project / "orchestration/sources/web_shop/__init__.py"))["SOURCE"]
    assert isinstance(source, LandingSource)
    assert [source.dialect(table) for table in source.patterns] == [Dialect(";", "windows-1252"), Dialect("\t")]
    base = (project / "models/staging/web_shop/base/base_web_shop__bestellungen.sql").read_text()
    assert "{{ point_for_comma('betrag') }} as betrag,  -- guess" in base
    assert "betrag is read with a decimal comma, and no value says so" in said
