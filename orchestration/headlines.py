"""What a board asks first, in six lines, read from the published file as any consumer would read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb


def headlines(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Customers, customer equity, revenue of the last full month, satisfaction, NPS and the first alert, a line each.

    What a mart hides or does not know is said as such, with its reason. A figure of a mart or column that a version of
    an earlier release does not have is left out.
    """
    figures: list[tuple[str, Callable[[duckdb.DuckDBPyConnection], str]]] = [
        ("customers", _customers),
        ("customer equity", _equity),
        ("revenue", _revenue),
        ("satisfaction index", lambda asked: _satisfaction(asked, "satisfaction_index")),
        ("NPS", lambda asked: _satisfaction(asked, "nps")),
        ("alerts", _alerts),
    ]
    lines = []
    for name, figure in figures:
        with suppress(duckdb.CatalogException, duckdb.BinderException):
            lines.append(f"{name:<20}{figure(connection)}")
    return lines


def _customers(connection: duckdb.DuckDBPyConnection) -> str:
    customers = _rows(connection, "select count(*) from marts.customers")[0][0]
    buyers = _rows(connection, "select count(*) from marts.customer_value where order_count > 0")[0][0]
    return f"{customers:,}, of whom {buyers:,} have bought"


def _equity(connection: duckdb.DuckDBPyConnection) -> str:
    # On margin, where any cost is known; else on revenue: as the report's first page.
    newest = _rows(
        connection,
        """
        select equity_amount, equity_lower_95_amount, equity_upper_95_amount, customer_count, value_basis, month_date
        from marts.customer_equity_monthly
        where value_basis = (
            select value_basis from marts.customer_equity_monthly
            where equity_amount is not null order by value_basis = 'margin' desc limit 1
        )
        order by month_date desc limit 1
        """,
    )
    if not newest or newest[0][0] is None:
        return _without(connection, "customer_equity_monthly", "no customer is valued")
    amount, lower, upper, customers, basis, month = newest[0]
    currency = _currency(connection)
    interval = "interval open" if lower is None else f"95 %: {lower:,.0f} to {upper:,.0f}"
    return f"{amount:,.0f} {currency} ({interval}; on {basis}, end of {month:%Y-%m}, n {customers:,})"


def _revenue(connection: duckdb.DuckDBPyConnection) -> str:
    months = _rows(
        connection,
        """
        select month_date, sum(revenue_amount)
        from marts.customer_value_monthly as snapshot
        where snapshot_version = (
            select max(newest.snapshot_version) from marts.customer_value_monthly as newest
            where newest.month_date = snapshot.month_date
        )
        group by month_date order by month_date desc limit 2
        """,
    )
    if not months:
        return _without(connection, "customer_value_monthly", "no month is closed")
    (month, amount), *before = months
    earlier = f"; {before[0][0]:%Y-%m}: {before[0][1]:,.0f}" if before else ""
    return f"{amount:,.0f} {_currency(connection)} ({month:%Y-%m}, the last full month{earlier})"


def _satisfaction(connection: duckdb.DuckDBPyConnection, measure: str) -> str:
    # The longest period there is, of the questionnaire that most answered.
    newest: list[tuple[Decimal | None, Decimal | None, Decimal | None, int, str, date, str, str | None]] = _rows(
        connection,
        """
        select score, lower_95, upper_95, answer_count, period_type, period_end_date, questionnaire, suppression_reason
        from marts.satisfaction
        where measure = ? and dimension = 'none' and period_type in ('1 month', '12 months')
        order by period_type = '12 months' desc, period_end_date desc, answer_count desc limit 1
        """,
        [measure],
    )
    if not newest:
        return _without(connection, "satisfaction", "nobody was asked")
    score, lower, upper, answers, period, end, questionnaire, reason = newest[0]
    of = f"{questionnaire}, {period} to {end}, n {answers:,}"
    if score is None:
        return f"hidden: {reason or 'no answers'} ({of})"
    return f"{score:.1f} (95 %: {lower:.1f} to {upper:.1f}; {of})"


def _alerts(connection: duckdb.DuckDBPyConnection) -> str:
    # Of satisfaction, those of periods that end with the newest one; a fall before a rise, the surest first.
    changes = _rows(
        connection,
        """
        select alert_class, questionnaire, measure, dimension, dimension_value, score_change, score, period_type,
            period_end_date
        from marts.satisfaction_trends
        where alert_class is not null
            and period_end_date = (select max(period_end_date) from marts.satisfaction_trends)
        order by score_change < 0 desc, adjusted_p_value, satisfaction_trend_id
        """,
    )
    anomalies = _rows(
        connection,
        """
        select severity, source_system, entity, anomaly_type, first_date
        from marts.data_anomalies where severity in ('block', 'warn')
        order by severity, first_date desc, data_anomaly_id
        """,
    )
    if changes:
        alert, questionnaire, measure, dimension, value, change, score, period, end = changes[0]
        where = "" if dimension == "none" else f", {dimension} {value}"
        first = f"{alert} of {measure} by {change:+.1f} to {score:.1f} ({questionnaire}{where}, {period} to {end})"
    elif anomalies:
        severity, source, entity, anomaly, since = anomalies[0]
        first = f"{severity}: {anomaly} in {source}.{entity} since {since}"
    else:
        return "none"
    return f"{len(changes):,} of satisfaction, {len(anomalies):,} of the data; first: {first}"


def _without(connection: duckdb.DuckDBPyConnection, mart: str, otherwise: str) -> str:
    """Why there is no figure: what the version says of a mart without rows."""
    why = _rows(connection, "select why_empty from publication.tables where table_name = ?", [mart])
    return f"none: {(why and why[0][0]) or otherwise}"


def _currency(connection: duckdb.DuckDBPyConnection) -> str:
    currency: str = json.loads(
        _rows(connection, "select value from publication.settings where name = 'base_currency'")[0][0]
    )
    return currency


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None) -> list[Any]:
    return connection.execute(sql, parameters or []).fetchall()
