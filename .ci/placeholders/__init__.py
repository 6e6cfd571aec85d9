"""What stands for a macro while sqlfluff looks at the layout of the SQL, where the macro's name cannot.

sqlfluff puts a macro's name where the macro is called. That will do for an expression and for a relation. Here are the
other forms: queries, joins, lists that Jinja works with, and what reads an alias of the query around it.
"""

from collections import defaultdict
from typing import Any


class Value(dict[str, Any]):
    """A var of dbt, whatever its type: a number in SQL; a mapping, or a list, of one entry to Jinja."""

    def __init__(self) -> None:
        super().__init__(name=1)

    def __str__(self) -> str:
        return "1"

    def __int__(self) -> int:
        return 1

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> "Value":
        return self


def var(name: str) -> Value:
    return Value()


def declared_events() -> list[dict[str, str]]:
    return [defaultdict(lambda: "name")]


def profiled_entities() -> list[dict[str, str]]:
    return [{"entity": "entity"}]


def profiled_columns(profiled: dict[str, str]) -> dict[str, str]:
    return {"name": "name"}


def content_columns(profiled: dict[str, str]) -> list[str]:
    return ["name"]


def delivered_once(column: str, newest_counts: bool = False) -> list[Any]:
    return []


def with_row_rules(relation: object, rules: list[Any]) -> str:
    return f"(select raw_row.name from {relation} as raw_row)"


def with_known_channel(relation: object, source: str, column: str = "channel") -> str:
    return f"(select raw_row.name from {relation} as raw_row)"


def with_parent_validation(relation: object, parent: object, key: str, parent_key: str = "") -> str:
    return f"(select raw_row.name from {relation} as raw_row)"


def with_line_validation(relation: object, lines: object, key: str, line_rules: list[Any], line_key: str = "") -> str:
    return f"(select raw_row.name from {relation} as raw_row inner join {lines} as line on raw_row.name = line.name)"


def json_items(relation: object, column: str, item: str = "item") -> str:
    return f"(select raw_row.name from {relation} as raw_row)"


def quarantine_value(rules: list[Any]) -> str:
    return "(select rule.name from rules as rule where rule.name = raw_row.name)"


def staged_columns(entity: str, columns: dict[str, str]) -> str:
    return "select name from staged"


def with_attribute_rules(relation: str) -> str:
    return f"(select stated.* from {relation} as stated)"


def attribute_rows(relation: str, attributes: list[str]) -> str:
    return f"select name from {relation}"


def attribute_statements(relation: str, attributes: list[str]) -> str:
    return f"select name from {relation}"


def union_staging(entity: str, computed: tuple[str, ...] = ()) -> str:
    return "select name from staged"


def validated_rows(source: str, raw_tables: list[str]) -> str:
    return "select name from base"


def newest_snapshots() -> str:
    return "(select name from snapshots)"


def with_adjusted_p_values(relation: str, family: list[str], key: list[str]) -> str:
    return f"(select name from {relation})"


def each_month(first_date: str, last_date: str) -> str:
    return f"each_month({first_date}, {last_date})"


def customer_join(relation: str) -> str:
    return "left join keys as customer_key on true"


def exchange_rate_join(relation: str, date_column: str = "business_date") -> str:
    return "left join rates as exchange_rate on true"
