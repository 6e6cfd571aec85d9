"""What is to be looked at in a home: anomalies, rows in quarantine, sources that bring nothing, a disk that fills."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from orchestration.alerting.alerts import BLOCK, WARN, Alert
from orchestration.alerting.reach import Reach
from orchestration.bounded_memory import connect
from orchestration.ingestion.lake import load_times
from orchestration.settings import Settings

# Who looks into what no list names an owner of; both are names of seeds/quality/anomaly_checks.csv.
ENGINEERING = "data engineering"
DATA_OWNER = "data owner of the source"


def anomalies(settings: Settings, reach: Reach, known: Iterable[Alert]) -> Iterator[Alert]:
    """What marts.data_anomalies of the warehouse says. Raises duckdb.Error where it is not there.

    Stretches of weeks are counted back from the as-of day, so the same fault begins on another day tomorrow: a stretch
    that ends no earlier than one of `known` began, and began no later than that ended, is the same.
    """
    with connect(settings.warehouse, read_only=True) as connection:
        rows = connection.execute(
            """
            select severity, source_system, entity, part, column_name, anomaly_type, cast(first_date as varchar),
                cast(last_date as varchar), observed_count, expected_count, owner, remedy
            from marts.data_anomalies where severity in ('block', 'warn') order by all
            """
        ).fetchall()
    open_keys = [alert.key for alert in known]
    for severity, source, entity, part, column, anomaly, first, last, observed, expected, owner, remedy in rows:
        series = f"anomaly:{source}:{entity}:{part}:{column}:{anomaly}"
        key = f"{series}:{first}:{last}"
        for other in open_keys:
            of_series, began, ended = other.rsplit(":", 2) if other.startswith(series) else ("", "", "")
            if of_series == series and first <= ended and began <= last:
                key = other
        marts, pages = reach.of([f"staging.stg_{source}__{entity}"])
        yield Alert(
            key,
            severity,
            f"{source}.{entity}, {column}: {anomaly} from {first} to {last}, {observed:,} where {expected:,} were "
            "expected",
            owner,
            remedy,
            first,
            marts,
            pages,
        )


def quarantine(settings: Settings, reach: Reach) -> Iterator[Alert]:
    """Raw tables of which more rows broke a rule than may; rows that repeat one that counts are not among them."""
    with connect(settings.warehouse, read_only=True) as connection:
        rows = connection.execute(
            """
            select source_system, raw_table, quarantined_row_count - repeated_row_count as broken_count, file_row_count
            from marts.load_reconciliation
            where quarantined_row_count - repeated_row_count > ? * file_row_count
            order by all
            """,
            [settings.alert_quarantine_share],
        ).fetchall()
    for source, table, broken, count in rows:
        marts, pages = reach.of([f"{source}.{table}"])
        yield Alert(
            f"quarantine:{source}.{table}",
            WARN,
            f"{source}.{table}: {broken:,} of {count:,} rows are in quarantine",
            DATA_OWNER,
            "marts.quarantine_reasons names the rules and a row of each. Have the source corrected, or the rule in "
            f"models/staging/{source}/base/, and run again.",
            marts=marts,
            pages=pages,
        )


def stale_sources(settings: Settings, reach: Reach) -> Iterator[Alert]:
    """Sources that have brought nothing for longer than `alert_stale_days` says of them."""
    for source, days in settings.alert_stale_days.items():
        last = max(load_times(settings.lake, source), default=None)
        if source in settings.sources and (last is None or settings.clock() - last > timedelta(days=days)):
            marts, pages = reach.of(reach.tables_of(source))
            yield Alert(
                f"stale:{source}",
                WARN,
                f"{source} has brought nothing new for more than {days} days",
                DATA_OWNER,
                "Ask who delivers it; a source that comes less often gets more days in CEM_ALERT_STALE_DAYS.",
                _to_the_second(last),
                marts,
                pages,
            )


def full_disk(settings: Settings) -> Iterator[Alert]:
    usage = shutil.disk_usage(settings.home)
    if usage.free < settings.alert_free_disk_share * usage.total:
        yield Alert(
            "disk",
            WARN,
            f"the disk of {settings.home} is nearly full",
            ENGINEERING,
            f"{usage.free >> 20:,} MiB of {usage.total >> 20:,} are free. Make room, keep fewer versions "
            "(CEM_KEEP_VERSIONS), or move the folder and set CEM_HOME.",
        )


def blocking_failure(key: str, what: str, what_to_do: str, marts: tuple[str, ...], pages: tuple[str, ...]) -> Alert:
    """An alert of a run that published nothing."""
    return Alert(key, BLOCK, what, ENGINEERING, what_to_do, marts=marts, pages=pages)


def _to_the_second(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
