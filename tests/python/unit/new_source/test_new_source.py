"""`make new-source`: what it sees in files, what it makes of them, and what it never touches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from orchestration.new_source.errors import NewSourceError
from orchestration.new_source.inspection import Column, inspect
from tests.python.unit.new_source.conftest import UGLY

Deliver = Callable[[dict[str, str]], Path]
Write = Callable[..., str]


def columns(folder: Path, work: Path) -> dict[str, Column]:
    return {column.name: column for table in inspect(folder, work) for column in table.columns}


def test_values_say_what_a_column_is_however_they_are_written(deliver: Deliver, tmp_path: Path) -> None:
    """Decimal commas, days first or month first, numbers with a point, a word of SQL as header, an empty column."""
    header = "order,betrag,tag,us_day,stück,flag,at,leer,mixed\n"
    rows = (
        '1,"1.234,56",31.12.2024,12/31/2024,4.0,true,2024-03-31T03:00:00+02:00,,7\n'
        '2,"5,00",01.02.2024,01/02/2024,1.0,false,2024-04-01T03:00:00Z,,seven\n'
    )
    found = columns(deliver({"a.csv": header + rows}), tmp_path)
    assert {name: column.kind for name, column in found.items()} == {
        "order_column": "integer", "betrag": "number", "tag": "time", "us_day": "time", "st_ck": "whole",
        "flag": "boolean", "at_column": "offset_time", "leer": "text", "mixed": "text",
    }  # fmt: skip
    assert found["betrag"].has_decimal_comma
    assert (found["betrag"].lowest, found["betrag"].highest) == ("5", "1234.5600")
    assert (found["tag"].day_order, found["us_day"].day_order) == ("dmy", "mdy")
    assert (found["tag"].lowest, found["us_day"].highest) == ("2024-02-01", "2024-12-31")


def test_files_whose_names_differ_by_digits_are_one_table(deliver: Deliver, tmp_path: Path) -> None:
    (table,) = inspect(deliver({"day 2024-01.csv": "a\n1\n", "day 2024-02.csv": "a\n2\n"}), tmp_path)
    assert (table.name, table.pattern, table.row_count) == ("day", "day *.csv", 2)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "The folder is empty"),
        ({"a.xlsx": "x"}, r"a\.xlsx is there\. Export the tables as one of these"),
        ({"a.csv": "x;y\n1;2,5;3\n2;7\n"}, r"a\.csv: .*got 3"),
        ({"a.csv": "E-Mail,e mail\n1,2\n"}, r"a\.csv: column e_mail stands in the header more than once"),
        ({"a.csv": "x,y\n1,2\n3\n"}, r"a\.csv: .*got 1"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(
    files: dict[str, str], told: str, deliver: Deliver, tmp_path: Path
) -> None:
    with pytest.raises(NewSourceError, match=told):
        inspect(deliver(files), tmp_path)


def test_a_pack_is_whole_says_what_is_a_guess_and_stays_as_it_is(write_pack: Write, project: Path) -> None:
    """All that check_packs asks for is there, and a second look at the same files changes nothing."""
    said = write_pack(UGLY)
    staging = project / "models/staging/web_shop"
    before = {path: path.read_text() for path in project.rglob("*") if path.is_file()}
    assert sorted(path.name for path in staging.glob("stg_*.sql")) == [
        f"stg_web_shop__{entity}.sql"
        for entity in (
            "customer_attribute_statements", "customer_identifiers", "customer_records", "order_lines", "orders",
            "products", "validated_rows",
        )
    ]  # fmt: skip
    vars_ = yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]
    assert vars_["sources"]["web_shop"][-1] == "validated_rows"
    for note in (
        "status: 'Rückläufer' is open",
        "Kunden Liste.csv: 1 rows have a kunden_nr that another row has",
        "Bestellungen 2024-02.csv, row 1: bestelldatum is no time, and so in 1 rows",
        "kunden_liste: loaded, and in no entity: leer",
        "seeds/…/channel_words.csv: web_shop,Filiale,store",
    ):
        assert note in said
    again = write_pack(UGLY)
    assert {path: path.read_text() for path in project.rglob("*") if path.is_file()} == before
    assert "Written:" not in again


def test_what_somebody_changed_is_never_written_over(write_pack: Write, project: Path) -> None:
    """The files nobody touched follow a new mapping; one that was edited stays, and is told."""
    write_pack(UGLY)
    edited = project / "models/staging/web_shop/stg_web_shop__orders.sql"
    edited.write_text(edited.read_text().replace("  -- guess", ""))
    text = edited.read_text()
    said = write_pack(UGLY, "tables:\n  kunden_liste: none\ntime_zone: Europe/Berlin\n")
    assert edited.read_text() == text
    assert "left as it is:\n  models/staging/web_shop/stg_web_shop__orders.sql" in said
    assert not (project / "models/staging/web_shop/stg_web_shop__customer_records.sql").exists()
    project_file = yaml.safe_load((project / "dbt_project.yml").read_text())
    assert "customer_records" not in project_file["vars"]["sources"]["web_shop"]
    assert project_file["vars"]["source_time_zones"]["web_shop"] == "Europe/Berlin"


def test_a_pack_that_was_written_by_hand_is_no_new_source(write_pack: Write, project: Path) -> None:
    (project / "models/staging/web_shop").mkdir(parents=True)
    with pytest.raises(NewSourceError, match="models/staging/web_shop/ is there already"):
        write_pack(UGLY)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("tables: {kunden: {customers: {}}}", "no table 'kunden'. Perhaps kunden_liste is meant"),
        ("tables: {positionen: {lines: {}}}", "no entity of positionen 'lines'"),
        (
            "tables: {positionen: {order_lines: {price: x}}}",
            "no column of order_lines 'price'. Perhaps unit_price is meant",
        ),
        ("tables: {positionen: {order_lines: {product_id: sku}}}", "positionen has no column 'sku'"),
        ("tables: {positionen: {order_lines: {quantity: no}}}", "order_lines.quantity is 'no', .* put it in quotes"),
        (
            "tables: {positionen: {order_lines: {quantity: artikel_nr}}}",
            r"artikel_nr is to be order_lines.quantity, a bigint",
        ),
        (
            "tables: {bestellungen: {orders: {status: {zustand: {geliefert: completed}}}}}",
            "zustand has words that orders.status gives no code: Rückläufer, storniert",
        ),
        ("seeds: {exchange_rates: [[EUR, USD]]}", "A row of the seed exchange_rates has base_currency, currency"),
        ("seeds: {rates: [[EUR]]}", "no seed 'rates'"),
    ],
)
def test_a_mapping_that_cannot_be_is_told_by_its_place(mapping: str, told: str, write_pack: Write) -> None:
    with pytest.raises(NewSourceError, match=told):
        write_pack(UGLY, mapping)


def test_what_is_said_is_no_guess(write_pack: Write, project: Path) -> None:
    files = {"receipts.csv": "receipt,day,paid,till\n" + "".join(f"R{n},2024-01-0{n},{n}.50,3\n" for n in range(1, 6))}
    mapping = """
currency: GBP
time_zone: Europe/London
tables:
  receipts:
    orders: {order_id: receipt, occurred_at: day, status: "'completed'", original_freight_amount: "0"}
    order_lines: {order_id: receipt, original_amount: paid, product_id: "'basket'", quantity: "1"}
    products: {product_id: "'basket'", product_name: "'All of a receipt'"}
"""
    said = write_pack(files, mapping)
    written = [path.read_text() for path in (project / "models/staging/web_shop").glob("stg_*.sql")]
    assert "-- guess" not in "".join(written)
    assert "loaded, and in no entity: till" in said


def test_orders_with_a_total_and_no_lines_are_one_line_each(write_pack: Write) -> None:
    orders = "order_id,customer_id,order_date,total\n" + "".join(
        f"{n},{n % 3},2024-01-0{n},{n}.5\n" for n in range(1, 9)
    )
    said = write_pack({"orders.csv": orders})
    assert "order_lines ← orders: order_id = order_id (guess), original_amount = total (guess)" in said
    assert "products ← orders: product_id = 'goods' (guess)" in said


def test_tables_that_no_name_gives_away_are_left_to_a_person(write_pack: Write) -> None:
    with pytest.raises(NewSourceError, match=r"No table is known .* things \(a, b\)\. Say in a mapping"):
        write_pack({"things.csv": "a,b\n1,2\n"})
