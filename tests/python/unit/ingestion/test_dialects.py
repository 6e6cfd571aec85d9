"""However a delimited file is written, the lake holds the rows of the plain one, and what is wrong is refused."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion.contract import RawColumn
from orchestration.ingestion.delimited_files import stage_delimited
from orchestration.ingestion.dialect import DELIMITERS, ENCODINGS, PLAIN, Dialect
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import LandedFile
from orchestration.ingestion.landing_source import LandingSource, NewFile, content_md5
from orchestration.ingestion.load import SourceLoad, load_source
from tests.python.unit.ingestion.conftest import HEADER, NOW, Ads

COLUMNS = HEADER.split(",")
Table = list[list[str]]
TITLES = [["Campaigns, by day; all"], [""], ['of "spring"\nand summer']]
EXPLANATIONS = [["What day\nwas it?", *COLUMNS[1:]], ['{"ImportId":"_recordId"}', *COLUMNS[1:]]]
ROWS = [
    ["2024-01-01", "Frühling; Öl, 5|6\t7", "search", "1000", "10", "7.50", "EUR"],
    ["2024-01-02", 'two\nlines, "quoted"', "search", "", "10", "0.10", "EUR"],
    ["2024-01-03", " spaces ", "social", "7", "", "1234.56", "GBP"],
]


def written(rows: Table, dialect: Dialect, with_bom: bool = False, line_end: str = "\n") -> bytes:
    """The file that a system of that dialect would write."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator=line_end)
    above, below = TITLES[: dialect.rows_above_header], EXPLANATIONS[: dialect.rows_below_header]
    writer.writerows([*above, COLUMNS, *below, *rows])
    return text.getvalue().encode("utf-8-sig" if with_bom else dialect.encoding)


def staged(folder: Path, name: str, content: bytes, dialect: Dialect) -> list[tuple[object, ...]]:
    """The rows that the loader makes of a file of campaign days, with their place and what is beyond the contract."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    content_md5(path)
    file = NewFile(path, LandedFile("campaign_days", name, 1, "", 0, 0, row_count=0), is_repeated=False)
    contract = [RawColumn(column, "string", None) for column in COLUMNS]
    (parquet,) = stage_delimited([file], contract, "its contract", folder, NOW, dialect).paths
    rows = pq.read_table(parquet, columns=[*COLUMNS, "_file_row", "_new_columns"]).to_pylist()
    return [tuple(row.values()) for row in rows]


def expected(rows: Table) -> list[tuple[object, ...]]:
    """The raw table by plain Python: a row is a row, an empty field is null."""
    return [(*(value or None for value in row), number, None) for number, row in enumerate(rows, 1)]


def zipped(content: bytes, *names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


DIALECTS = [
    *(Dialect(delimiter, encoding) for delimiter in DELIMITERS for encoding in ENCODINGS),
    Dialect(";", "utf-16", 3, 2),
    Dialect("\t", "windows-1252", 1, 0),
    Dialect(rows_below_header=2),
]


@pytest.mark.parametrize("dialect", DIALECTS, ids=Dialect.told)
def test_a_file_of_any_dialect_holds_the_rows_of_the_plain_one(dialect: Dialect, tmp_path: Path) -> None:
    assert staged(tmp_path, "days.csv", written(ROWS, dialect, line_end="\r\n"), dialect) == expected(ROWS)


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    content = written(ROWS, Dialect(";"), with_bom=True)
    assert staged(tmp_path, "days.csv", content, Dialect(";")) == expected(ROWS)


def test_a_packed_file_is_loaded_once_however_it_is_packed_and_rows_below_the_header_are_told(
    ads: Ads,
) -> None:
    """From the folder of deliveries to what a reader of the raw table sees."""
    dialect = Dialect(";", "windows-1252", 1, 2)
    source = LandingSource("ads", {"campaign_days": "days*"}, {"campaign_days": dialect})
    content = written(ROWS, dialect)

    def load() -> SourceLoad:
        return load_source(source, ads.folder, ads.home.lake, ads.home.work, NOW)

    (ads.folder / "days.zip").write_bytes(zipped(content, "export/days.csv", "__MACOSX/._days.csv"))
    (ads.folder / "days.csv.gz").write_bytes(gzip.compress(content))
    loaded = load()
    assert (loaded.tables["campaign_days"].files, loaded.tables["campaign_days"].repeated_files) == (2, 1)
    assert loaded.notices == ["days.csv.gz and 1 more: 2 rows below the header explain its columns, and are not loaded"]
    (ads.folder / "days.zip").write_bytes(zipped(content, "days.txt"))
    assert load().tables["campaign_days"].files == 0
    columns = ", ".join([*COLUMNS, "_file_row", "_new_columns"])
    assert ads.home.raw("ads", "campaign_days", columns) == expected(ROWS)


TEXT = ",".join(COLUMNS) + "\n" + "2024-01-01,é,search,1,1,1,EUR\n"


@pytest.mark.parametrize(
    ("name", "content", "dialect", "says"),
    [
        ("d.csv", TEXT.replace(",", ";").encode(), PLAIN, r"separated by semicolons: .*delimiter=';'"),
        ("d.csv", TEXT.encode(), Dialect("\t"), r"separated by commas: "),
        ("d.csv", TEXT.encode("latin-1"), PLAIN, r"line 2 holds the byte 0xE9 .* not UTF-8"),
        ("d.csv", TEXT.encode("utf-16"), PLAIN, r"the header is not UTF-8 .* such as utf-16"),
        (
            "d.csv",
            TEXT.encode("utf-8"),
            Dialect(encoding="utf-16"),
            "does not begin with the byte order mark of UTF-16",
        ),
        (
            "d.csv",
            TEXT.replace("é", "\x81").encode("latin-1"),
            Dialect(encoding="windows-1252"),
            "line 2 holds the byte 0x81, which is not Windows-1252",
        ),
        (
            "d.csv",
            TEXT.replace("é", "€").encode("cp1252"),
            Dialect(encoding="latin-1"),
            "line 2 holds the byte 0x80, a character in Windows-1252 and none in Latin-1",
        ),
        ("d.csv", TEXT.encode("utf-16")[:-1], Dialect(encoding="utf-16"), r"line 2 holds .* not UTF-16"),
        (
            "d.csv",
            (TEXT + "a,b,c,d,e,f,g,h\n").encode(),
            PLAIN,
            "Expected 7 columns, got 8, in row 2 below the header, line 3",
        ),
        (
            "d.csv",
            (TEXT + "a,b\n").replace(",", "|").encode(),
            Dialect("|"),
            "Expected 7 columns, got 2, in row 2 below",
        ),
        ("d.csv", TEXT.encode(), Dialect(rows_above_header=1), "is missing: the first line has none of them"),
        ("d.zip", zipped(TEXT.encode(), "a.csv", "b.csv"), PLAIN, "holds a.csv, b.csv.*Unpack it"),
        ("d.zip", zipped(TEXT.encode(), "a.xlsx"), PLAIN, "holds a.xlsx.*Unpack it"),
        ("d.zip", zipped(TEXT.encode(), "a.csv")[:-30], PLAIN, "the zip data is cut off or damaged"),
    ],
)
def test_what_is_not_of_the_dialect_is_refused_with_what_to_do(
    name: str, content: bytes, dialect: Dialect, says: str, tmp_path: Path
) -> None:
    with pytest.raises(LandingError, match=says) as refused:
        staged(tmp_path, f"days-{name}", content, dialect)
    assert f"days-{name}" in str(refused.value)


def test_a_dialect_that_nobody_reads_is_told() -> None:
    with pytest.raises(ValueError, match=r"delimiter=':'.*one of ',', ';'"):
        Dialect(":")


# What a field may hold in every encoding; a carriage return alone ends a line for some readers and not for others.
FIELDS = st.text(st.sampled_from('aZ0 ,;|\t"\n.éßÄ'), max_size=8)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(FIELDS, min_size=6, max_size=6), max_size=6),
    dialect=st.builds(
        Dialect, st.sampled_from(list(DELIMITERS)), st.sampled_from(list(ENCODINGS)), st.integers(0, 3),
        st.integers(0, 2),
    ),
)  # fmt: skip
def test_random_tables_are_the_same_in_every_dialect(
    rows: Table, dialect: Dialect, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # A row of empty fields alone is no row in any dialect.
    rows = [["2024-01-01", *row] for row in rows]
    folder = tmp_path_factory.mktemp("tables")
    plain = staged(folder, "plain.csv", written(rows, PLAIN), PLAIN)
    assert staged(folder, "other.csv", written(rows, dialect), dialect) == plain == expected(rows)


def test_a_file_longer_than_a_block_keeps_its_rows(tmp_path: Path) -> None:
    """What is decoded in blocks is cut in the middle of characters and rows."""
    rows = [["2024-01-01", f"é{number}", "search", "1", "1", "0.01", "EUR"] for number in range(60_000)]
    content = written(rows, Dialect(";", "utf-16"))
    assert len(content) > 4 << 20
    assert staged(tmp_path, "days.csv", content, Dialect(";", "utf-16")) == expected(rows)
