"""What a run ends with, figures first, read from the published file as any consumer would read it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.headlines import headlines
from orchestration.settings import REPORT_FILE, Settings, SettingsError


def current_version(settings: Settings) -> Path:
    """The published file. Raises SettingsError where there is none."""
    link = settings.current.parent
    if link.is_symlink() and not settings.current.exists():
        raise SettingsError(f"{link} points to {link.readlink()}, which is gone. `make run` publishes anew.")
    if not settings.current.exists():
        raise SettingsError(f"{settings.current} is not there: nothing has been published yet. Use `make run`.")
    return settings.current


def summary(published: Path) -> str:
    """What the published file says first, its report, then tables, rows or why none, as-of date, rows in and out."""
    # A version that an earlier release published has no as-of date and gives no reasons.
    with duckdb.connect(str(published.resolve()), read_only=True) as connection:
        version, as_of = connection.execute(
            """
            select version, coalesce(as_of_date, cast(as_of_at - interval 1 day as date))
            from (from publication.version union all by name select cast(null as date) as as_of_date where false)
            """
        ).fetchall()[0]
        tables = connection.execute(
            """
            select table_schema, table_name, rows, why_empty
            from (from publication.tables union all by name select cast(null as varchar) as why_empty where false)
            order by table_schema <> 'marts', table_schema, table_name
            """
        ).fetchall()
        sources = connection.execute(
            """
            select source_system, sum(file_count), sum(file_row_count), sum(loaded_row_count),
                sum(quarantined_row_count)
            from marts.load_reconciliation group by source_system order by source_system
            """
        ).fetchall()
        reasons = connection.execute(
            """
            select source_system, raw_table, quarantine_rule, quarantined_row_count, example_file_name, example_file_row
            from marts.quarantine_reasons order by all
            """
        ).fetchall()
        later = connection.execute(
            """
            select source_system, entity, event_count, first_date, last_date, reason, example_source_record_id
            from marts.events_after_as_of order by all
            """
        ).fetchall()
        anomalies = connection.execute(
            """
            select severity, source_system, entity, column_name, anomaly_type, first_date, last_date, observed_count,
                expected_count, owner, remedy
            from marts.data_anomalies where severity <> 'accepted' order by all
            """
            # A version that an earlier release published does not know what is out of line.
            if connection.execute("select 1 from publication.tables where table_name = 'data_anomalies'").fetchall()
            else "select 1 where false"
        ).fetchall()
        first = headlines(connection)
    # A version that an earlier release published has no report.
    if (report := published.parent / REPORT_FILE).exists():
        first.append(f"{'report':<20}{report}")
    lines = [
        *first,
        "",
        f"{'published':<42}{'rows':>12}   as of",
        *(f"{f'{schema}.{name}':<42}{rows:>12,}   {as_of}" for schema, name, rows, _ in tables),
        "",
        f"{'source':<20}{'files':>8}{'rows in':>12}{'loaded':>12}{'quarantined':>13}",
        *(f"{s:<20}{files:>8,}{n:>12,}{ok:>12,}{bad:>13,}" for s, files, n, ok, bad in sources),
    ]
    if without := [(schema, name, why) for schema, name, _, why in tables if why]:
        lines += ["", "without rows", *(f"  {schema}.{name}: {why}" for schema, name, why in without)]
    if reasons:
        lines += ["", "in quarantine"]
        lines += [
            f"  {source}.{table}: {rule} ({count:,} rows, such as row {row} of {file})"
            for source, table, rule, count, file, row in reasons
        ]
    if later:
        lines += ["", f"after {as_of}, and in no mart (CEM_AS_OF sets another day)"]
        lines += [
            f"  {source}.{entity}: {reason} ({count:,} events from {first} to {last}, such as {example})"
            for source, entity, count, first, last, reason, example in later
        ]
    if anomalies:
        lines += ["", "out of line with what was before (seeds/quality/accepted_anomalies.csv says what is right)"]
        lines += [
            f"  {severity}: {source}.{entity} {column}: {anomaly}, {first} to {last}, {observed:,} where "
            f"{expected:,.0f} were expected. {remedy} ({owner})"
            for severity, source, entity, column, anomaly, first, last, observed, expected, owner, remedy in anomalies
        ]
    lines += ["", f"version {version}: {published} ({published.resolve().parent.name})"]
    return "\n".join(lines)
