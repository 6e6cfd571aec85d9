"""What the macros of macros/portable say, on both engines: the same, and what is written here."""

from __future__ import annotations

import hmac
import json
import unicodedata
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.python.spark.conftest import Dbt

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

SAO_PAULO, LONDON, LORD_HOWE = "America/Sao_Paulo", "Europe/London", "Australia/Lord_Howe"


def pad(key: bytes, byte: int) -> str:
    """What HMAC makes of a key, as SQL of both engines."""
    return f"unhex('{bytes(letter ^ byte for letter in key.ljust(64, bytes(1))).hex()}')"


def quoted(text: str) -> str:
    """A text with double quotes as a literal of SQL, within one of Jinja's."""
    return rf"'\'{text}\''"


# Local time, zone, UTC. Around the hour that never was, and the one that came twice.
LOCAL_TIMES = [
    ("2017-06-01 12:00:00", SAO_PAULO, "2017-06-01 15:00:00"),
    ("2017-10-14 23:59:59", SAO_PAULO, "2017-10-15 02:59:59"),
    ("2017-10-15 00:00:00", SAO_PAULO, "2017-10-15 03:00:00"),
    ("2017-10-15 00:30:00", SAO_PAULO, "2017-10-15 03:30:00"),
    ("2017-10-15 01:00:00", SAO_PAULO, "2017-10-15 03:00:00"),
    ("2018-02-17 22:59:59", SAO_PAULO, "2018-02-18 00:59:59"),
    ("2018-02-17 23:00:00", SAO_PAULO, "2018-02-18 02:00:00"),
    ("2018-02-17 23:30:00.25", SAO_PAULO, "2018-02-18 02:30:00.25"),
    ("2018-02-18 00:00:00", SAO_PAULO, "2018-02-18 03:00:00"),
    ("2011-03-27 00:59:59", LONDON, "2011-03-27 00:59:59"),
    ("2011-03-27 01:30:00", LONDON, "2011-03-27 01:30:00"),
    ("2011-03-27 02:00:00", LONDON, "2011-03-27 01:00:00"),
    ("2011-10-30 00:59:59", LONDON, "2011-10-29 23:59:59"),
    ("2011-10-30 01:00:00", LONDON, "2011-10-30 01:00:00"),
    ("2011-10-30 01:59:59", LONDON, "2011-10-30 01:59:59"),
    ("2011-10-30 02:00:00", LONDON, "2011-10-30 02:00:00"),
    ("2018-04-01 01:45:00", LORD_HOWE, "2018-03-31 15:15:00"),
    ("2018-10-07 02:15:00", LORD_HOWE, "2018-10-06 15:45:00"),
]

# Text, what it is as a time.
TIMES = [
    ("2018-10-31", "2018-10-31 00:00:00"),
    ("2018-1-2", "2018-01-02 00:00:00"),
    ("2018-10-31 09:30", "2018-10-31 09:30:00"),
    ("2018-10-31T09:30:15", "2018-10-31 09:30:15"),
    ("2018-10-31 09:30:15.1234567", "2018-10-31 09:30:15.123456"),
    ("2018-10-31T09:30:15Z", "2018-10-31 09:30:15"),
    ("2018-10-31T09:30:15+02:00", "2018-10-31 07:30:15"),
    ("2018-10-31 09", None),
    ("2018-10-31 24:00:00", None),
    ("2018-02-30", None),
    ("2018-10", None),
    ("2018", None),
    ("10:30", None),
    ("epoch", None),
    ("infinity", None),
    (" 2018-10-31", None),
    ("2018/10/31", None),
    ("", None),
]

# An object, and what stands where in it.
JSON = '{"id": 9007199254740993, "money": {"shop": "1.10"}, "$message": "M", "Campaign Name": "Spring", "tip": null}'
JSON_FIELDS = [
    (["id"], "9007199254740993"),
    (["money", "shop"], "1.10"),
    (["money"], '{"shop":"1.10"}'),
    (["$message"], "M"),
    (["Campaign Name"], "Spring"),
    (["tip"], None),
    (["none", "at all"], None),
]
# A list, what its prices come to.
JSON_SUMS = [
    ('[{"price": "1.10"}, {"price": 2.2}]', "3.3000"),
    ("[]", "0.0000"),
    ('[{"price": "1.10"}, {"price": "x"}]', None),
    ('[{"price": "1.10"}, {}]', None),
]
JSON_LISTS = [("[]", "true"), ("[1]", "true"), ("{}", "false"), ("no JSON", "false"), ("[", "false")]

# Text, what it is as an amount, what it is as a whole number.
NUMBERS = [
    ("12", "12.0000", "12"),
    ("-12", "-12.0000", "-12"),
    ("+12", "12.0000", "12"),
    ("4.5", "4.5000", None),
    ("4.0", "4.0000", None),
    (".5", "0.5000", None),
    ("1.00005", "1.0001", None),
    ("-1.00005", "-1.0001", None),
    ("1e2", "100.0000", None),
    ("1_000", None, None),
    ("1,5", None, None),
    ("NaN", None, None),
    ("0x10", None, None),
    ("\u0663", None, None),
    ("123456789012345678", None, "123456789012345678"),
    ("", None, None),
]

# A telephone number as typed in, calling code and trunk prefix of its record's country, E.164.
PHONES = [
    ("030 901820", "'49'", "'0'", "+4930901820"),
    ("+49 (0)30 90-18-20", "'49'", "'0'", "+4930901820"),
    ("0049 30/901820", "null", "null", "+4930901820"),
    ("+34 912 345 678", "'49'", "'0'", "+34912345678"),
    ("912 345 678", "'34'", "cast(null as string)", "+34912345678"),
    ("912 345 678", "cast(null as string)", "cast(null as string)", None),
    ("unknown", "'49'", "'0'", None),
    ("12345", "'49'", "'0'", None),
]

# ISO 8601 with offset, UTC.
OFFSET_TIMES = [
    ("2024-03-31T01:59:10+01:00", "2024-03-31 00:59:10"),
    ("2024-03-31T03:00:00+02:00", "2024-03-31 01:00:00"),
    ("2024-10-27T02:30:00+02:00", "2024-10-27 00:30:00"),
    ("2024-10-27T02:30:00+01:00", "2024-10-27 01:30:00"),
    ("2024-01-01T00:10:00Z", "2024-01-01 00:10:00"),
    ("2024-01-01 00:10:00-05:30", "2024-01-01 05:40:00"),
    ("2024-01-01T00:10:00", None),
    ("2024-01-01T00:10:00+25:00", None),
    ("2024-01-01T00:00:00.25-03:30", "2024-01-01 03:30:00.25"),
    ("2024-01-01+01:00", None),
    ("2024-01-01T00:00:00+0100", "2023-12-31 23:00:00"),
    ("", None),
    ("soon+01:00", None),
]

# A moment (UTC), a zone, and the calendar day there.
DAYS = [
    ("2024-03-30 22:59:59", "Europe/Berlin", "2024-03-30"),
    ("2024-03-30 23:00:00", "Europe/Berlin", "2024-03-31"),
    ("2024-03-31 22:00:00", "Europe/Berlin", "2024-04-01"),
    ("2018-11-04 01:59:59", "America/Sao_Paulo", "2018-11-03"),
    ("2018-11-04 03:00:00", "America/Sao_Paulo", "2018-11-04"),
    ("2024-06-30 23:59:59", "UTC", "2024-06-30"),
    ("2024-01-31 23:00:00", "UTC+01:00", "2024-02-01"),
    ("2024-02-01 03:29:59", "UTC-03:30", "2024-01-31"),
]

# A text, the two pads of a key, the HMAC-SHA-256: test cases 1 and 2 of RFC 4231, and letters beyond ASCII by Python.
KEYED = [
    (text, pad(key, 0x36), pad(key, 0x5C), hmac.new(key, text.encode(), "sha256").hexdigest())
    for text, key in [("Hi There", b"\x0b" * 20), ("what do ya want for nothing?", b"Jefe"), ("zoë@例.jp", b"k" * 64)]
]
assert KEYED[1][3] == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

# What each expression, in dbt's Jinja, comes to.
CASES: list[tuple[str, str | None]] = [
    *((f"to_utc(\"cast('{local}' as timestamp)\", '{zone}')", utc) for local, zone, utc in LOCAL_TIMES),
    *((f"to_utc(\"cast('{local}' as timestamp)\", zone_column=\"'{zone}'\")", utc) for local, zone, utc in LOCAL_TIMES),
    *((f'try_offset_time("{text!r}")', moment) for text, moment in OFFSET_TIMES),
    *((f'e164("{phone!r}", "{code}", "{trunk}")', number) for phone, code, trunk, number in PHONES),
    ("to_utc(\"cast('2024-01-01' as timestamp)\", zone_column='cast(null as string)')", None),
    *(
        (f"local_date(\"cast('{utc}' as timestamp)\", zone='{zone}')", day)
        for utc, zone, day in DAYS
        if not zone.startswith("UTC-")
    ),
    ("to_utc(\"cast('2024-02-01' as timestamp)\", zone_column=\"substr('UTC-03:30', 1)\")", "2024-02-01 03:30:00"),
    ("to_utc(\"cast('2024-02-01' as timestamp)\", zone_column=\"substr('UTC+05:45', 1)\")", "2024-01-31 18:15:00"),
    *(
        (f"local_date(\"cast('{utc}' as timestamp)\", \"substr('{zone}', 1)\", 'Asia/Tokyo')", day)
        for utc, zone, day in DAYS
    ),
    ("local_date(\"cast('2024-01-01 15:00:00' as timestamp)\", 'cast(null as string)', 'Asia/Tokyo')", "2024-01-02"),
    ("local_date('cast(null as timestamp)', zone='Europe/London')", None),
    ("local_time(\"cast('2024-03-31 01:30:00' as timestamp)\", \"'Europe/Berlin'\")", "2024-03-31 03:30:00"),
    ("local_time(\"cast('2024-02-01 01:30:00' as timestamp)\", \"substr('UTC-03:30', 1)\")", "2024-01-31 22:00:00"),
    ("add_minutes(\"cast('2018-03-01 00:00:00' as timestamp)\", -1)", "2018-02-28 23:59:00"),
    ("try_boolean(\"'T'\")", "true"),
    ("try_boolean(\"'0'\")", "false"),
    ("try_boolean(\"'yes'\")", None),
    ("try_decimal(\"'0.00612345'\", 8)", "0.00612345"),
    ("try_money(\"cast('nan' as double)\")", None),
    ("try_money('cast(0.075 as double)')", "0.0750"),
    ("only_digits(\"'+49 (30) 9'\")", "49309"),
    ("matches_column(\"'info@example.org'\", \"'^(info|sales)@'\")", "true"),
    ("one_spelling(\"' A@Example.org '\")", "a@example.org"),
    *((f'hmac_sha256("{text!r}", "{inner}", "{outer}")', digest) for text, inner, outer, digest in KEYED),
    ("hmac_sha256('cast(null as string)', \"unhex('36')\", \"unhex('5c')\")", None),
    # An accent apart from its letter, two of them, one that composes with nothing, and none.
    *(
        (f"composed(\"'{unicodedata.normalize('NFD', text)}'\")", text)
        for text in ("josé", "nguyễn", "x̂é", "ёлка", "a")
    ),
    ("composed('cast(null as string)')", None),
    ("to_utc('cast(null as timestamp)', 'Europe/London')", None),
    *((f'try_timestamp("{text!r}")', moment) for text, moment in TIMES),
    *((f'try_money("{text!r}")', amount) for text, amount, _ in NUMBERS),
    *((f'try_integer("{text!r}")', number) for text, _, number in NUMBERS),
    ("add_days(\"cast('2018-02-28 10:00:00' as timestamp)\", 1)", "2018-03-01 10:00:00"),
    ("add_days(\"cast('2018-03-01 10:00:00' as timestamp)\", -1)", "2018-02-28 10:00:00"),
    ("add_days(\"cast('2018-03-01 10:00:00' as timestamp)\", 'cast(null as bigint)')", None),
    ("days_between(\"cast('2018-02-28 23:59:59' as timestamp)\", \"cast('2018-03-01 00:00:00' as timestamp)\")", "1"),
    ("days_between(\"cast('2018-03-01' as date)\", \"cast('2018-02-28' as date)\")", "-1"),
    ("matches(\"'ab'\", '^a[b]\\\\z')", "true"),
    ("matches(\"'abc'\", '^a[b]\\\\z')", "false"),
    *((f"json_field({quoted(JSON)}, {path})", value) for path, value in JSON_FIELDS),
    *((f"json_sum({quoted(text)}, ['price'])", total) for text, total in JSON_SUMS),
    ("json_sum('cast(null as string)', ['price'])", "0.0000"),
    *((f"is_json_list({quoted(text)})", is_list) for text, is_list in JSON_LISTS),
    # chr(10) is a line break, which $ would let pass on Spark.
    ("try_integer(\"('12' || chr(10))\")", None),
    ("try_money(\"('12' || chr(10))\")", None),
]


@pytest.fixture(scope="module")
def duckdb_values(on_duckdb: Dbt) -> list[str | None]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return [row[0] for row in connection.execute(_query(on_duckdb)).fetchall()]


@pytest.fixture(scope="module")
def spark_values(on_spark: Dbt, spark: SparkSession) -> list[str | None]:
    return [row[0] for row in spark.sql(_query(on_spark)).collect()]


def test_duckdb_says_what_is_written_here(duckdb_values: list[str | None]) -> None:
    assert _told(duckdb_values) == _told([value for _, value in CASES])


def test_spark_says_what_is_written_here(spark_values: list[str | None]) -> None:
    assert _told(spark_values) == _told([value for _, value in CASES])


def _told(values: list[str | None]) -> list[str]:
    return [f"{expression} is {value}" for (expression, _), value in zip(CASES, values, strict=True)]


def _query(dbt: Dbt) -> str:
    """All expressions as dbt renders them for one engine: one row each, as text, in their order."""
    rows = [
        f"select {place} as place, cast({{{{ {expression} }}}} as string) as said"
        for place, (expression, _) in enumerate(CASES)
    ]
    inline = "select said from (" + " union all ".join(rows) + ") as rendered order by place"
    output = dbt.run("--quiet", "compile", "--no-populate-cache", "--inline", inline, "--output", "json")
    compiled: str = json.loads(output[output.index("{") :])["compiled"]
    return compiled
