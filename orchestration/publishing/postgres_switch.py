"""The switch of PostgreSQL's readers from one version's tables to another's, within the transaction that made these.

All tables of the version before are locked for a moment: no transaction that has read one version is open then, so none
sees two. What people have put on the tables (grants, row policies, views) goes over to the new ones.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors, sql

from orchestration import progress
from orchestration.publishing.postgres_connection import PostgresError
from orchestration.publishing.postgres_loading import loading_schema
from orchestration.publishing.version_tables import PUBLICATION, VersionTable

_OUTDATED = "cem_outdated_"
# Below PostgreSQL's deadlock_timeout of a second: where a reader and the switch wait for each other, it gives way.
_LOCK_TIMEOUT = "300ms"
_PAUSE = 0.7
# Seconds after which it is told for whom the switch waits.
_TOLD_AFTER = 5.0
_GIVES_WAY = (errors.LockNotAvailable, errors.DeadlockDetected)


@dataclass(frozen=True)
class HeldTable:
    """A table as it stands in PostgreSQL."""

    oid: int
    schema: str
    name: str

    @property
    def sql(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)


@dataclass(frozen=True)
class _View:
    """A view of somebody's on a table of ours; `text` makes it anew on the tables that have those names then."""

    oid: int
    name: sql.Identifier
    text: str
    owner: sql.Identifier
    is_ours: bool


def held_tables(connection: psycopg.Connection[Any]) -> list[HeldTable]:
    """The tables of the version that is there; none where there is no version."""
    ((is_there,),) = connection.execute(
        "select to_regclass('publication.version') is not null and to_regclass('publication.tables') is not null"
    ).fetchall()
    if not is_there:
        return []
    rows = connection.execute(
        """
        select c.oid, n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where c.relkind = 'r' and (
            n.nspname = %s or (n.nspname, c.relname) in (select table_schema, table_name from publication.tables)
        )
        order by 2, 3
        """,
        [PUBLICATION],
    )
    return [HeldTable(*row) for row in rows.fetchall()]


def refuse_others(
    connection: psycopg.Connection[Any], held: Sequence[HeldTable], tables: Sequence[VersionTable]
) -> None:
    """Raise PostgresError where something that no publication made has the name of a table that is to be published."""
    ours = {(table.schema, table.name) for table in held}
    wanted = [(table.schema, table.name) for table in tables if (table.schema, table.name) not in ours]
    found = connection.execute(
        """
        select n.nspname || '.' || c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where (n.nspname, c.relname) in (select * from unnest(%s::text[], %s::text[])) order by 1
        """,
        [[schema for schema, _ in wanted], [name for _, name in wanted]],
    ).fetchall()
    if found:
        raise PostgresError(
            f"PostgreSQL has {', '.join(name for (name,) in found[:3])} already, which no publication made. Move it to "
            "another schema, or publish to a database of its own."
        )


def switch(
    connection: psycopg.Connection[Any], held: Sequence[HeldTable], tables: Sequence[VersionTable], patience: float
) -> None:
    """Put the loaded `tables` in the place of those that are `held`. The commit that follows shows them to readers.

    Raises PostgresError where transactions that have read the version before are still open after `patience` seconds.
    """
    until, told_at = time.monotonic() + patience, time.monotonic() + _TOLD_AFTER
    order = list(held)
    while True:
        try:
            with connection.transaction():
                _switch_at_once(connection, held, tables, order)
                return
        except _GIVES_WAY:
            now = time.monotonic()
        if now >= until:
            raise PostgresError(
                f"PostgreSQL holds the version before: {_readers(connection, held)}, and would see two versions. Have "
                "it ended, and give readers an idle_in_transaction_session_timeout; the next run publishes there."
            )
        if now >= told_at:
            progress.notice(f"PostgreSQL: {_readers(connection, held)}; waiting up to {until - now:.0f} s more")
            told_at = until
        time.sleep(_PAUSE)


def drop_outdated(connection: psycopg.Connection[Any]) -> list[str]:
    """Drop tables of former versions that something still needed when they were replaced; what still needs them.

    Nobody is waited for longer than a moment: the next publication tries again.
    """
    told = []
    outdated = _outdated(connection)
    needed_by = _needed_by(connection, outdated)
    for table in outdated:
        if needed := needed_by.get(table.oid):
            told.append(
                f"{needed} still reads {table.name} of a former version, and shows what that held. Who owns it has to "
                f"make it anew (`create or replace view`), or drop it."
            )
            continue
        try:
            with connection.transaction():
                connection.execute(sql.SQL("set local lock_timeout = {}").format(_LOCK_TIMEOUT))
                connection.execute(sql.SQL("drop table {}").format(table.sql))
        except _GIVES_WAY:
            told.append(f"{_readers(connection, [table])}: {table.name} of a former version is dropped by the next run")
        except errors.DependentObjectsStillExist as error:
            told.append(f"{table.name} of a former version cannot be dropped: {error.diag.message_detail}")
    for (schema,) in connection.execute(
        """
        select nspname from pg_namespace as n where starts_with(nspname, %s)
            and not exists (select 1 from pg_class where relnamespace = n.oid)
        """,
        [_OUTDATED],
    ).fetchall():
        connection.execute(sql.SQL("drop schema {}").format(sql.Identifier(schema)))
    return told


def empty_outdated(connection: psycopg.Connection[Any]) -> int:
    """Remove all rows of former versions' tables that something still needs; return how many tables that were."""
    outdated = _outdated(connection)
    if outdated:
        connection.execute(sql.SQL("set local lock_timeout = '30s'"))
        connection.execute(sql.SQL("truncate {}").format(_listed(outdated)))
    return len(outdated)


def _switch_at_once(
    connection: psycopg.Connection[Any],
    held: Sequence[HeldTable],
    tables: Sequence[VersionTable],
    order: list[HeldTable],
) -> None:
    """Raises one of _GIVES_WAY where a lock cannot be had at once; `order`, in which they are asked for, is changed."""
    # Without schemas to search, definitions name theirs.
    connection.execute(sql.SQL("set local lock_timeout = {}; set local search_path = pg_catalog").format(_LOCK_TIMEOUT))
    views = _views(connection, held)
    for view in views:
        if view.is_ours:
            # Changes nothing, and locks the view, which `lock table` refuses where its owner may only read. Before the
            # tables, as readers do.
            connection.execute(sql.SQL("alter view {} owner to {}").format(view.name, view.owner))
    _lock(connection, order)
    handed_over = [*_grants(connection, held, tables), *_policies(connection, held, tables)]
    moved = _out_of_the_way(connection, held)
    _into_place(connection, tables)
    if handed_over:
        connection.execute(sql.SQL("; ").join(handed_over))
    for view in views:
        if view.is_ours:
            _make_anew(connection, view)
    needed = _needed_by(connection, moved)
    _drop(connection, [table for table in moved if table.oid not in needed], [t for t in moved if t.oid in needed])


def _lock(connection: psycopg.Connection[Any], order: list[HeldTable]) -> None:
    """Lock all tables, in this order. One that cannot be had comes first the next time.

    Readers in a loop that begin with it would always hold it when its turn comes, and wait for those locked before.
    """
    for table in tuple(order):
        try:
            connection.execute(sql.SQL("lock table {} in access exclusive mode").format(table.sql))
        except _GIVES_WAY:
            order.remove(table)
            order.insert(0, table)
            raise


def _out_of_the_way(connection: psycopg.Connection[Any], held: Sequence[HeldTable]) -> list[HeldTable]:
    ((number,),) = connection.execute("select txid_current()").fetchall()
    moved = [HeldTable(table.oid, f"{_OUTDATED}{number}_{table.schema}", table.name) for table in held]
    statements = [
        sql.SQL("create schema {}").format(sql.Identifier(schema))
        for schema in dict.fromkeys(table.schema for table in moved)
    ]
    statements += [
        sql.SQL("alter table {} set schema {}").format(before.sql, sql.Identifier(after.schema))
        for before, after in zip(held, moved, strict=True)
    ]
    if statements:
        connection.execute(sql.SQL("; ").join(statements))
    return moved


def _into_place(connection: psycopg.Connection[Any], tables: Sequence[VersionTable]) -> None:
    schemas = list(dict.fromkeys(table.schema for table in tables))
    statements = [sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)) for schema in schemas]
    statements += [
        sql.SQL("alter table {} set schema {}").format(
            sql.Identifier(loading_schema(table.schema), table.name), sql.Identifier(table.schema)
        )
        for table in tables
    ]
    statements += [sql.SQL("drop schema {}").format(sql.Identifier(loading_schema(schema))) for schema in schemas]
    connection.execute(sql.SQL("; ").join(statements))


def _drop(connection: psycopg.Connection[Any], unneeded: Sequence[HeldTable], needed: Sequence[HeldTable]) -> None:
    """Drop what nothing needs, and the schemas that are empty then. What stays goes without references to it."""
    for schema, table, constraint in connection.execute(
        """
        select n.nspname, c.relname, k.conname from pg_constraint as k join pg_class as c on c.oid = k.conrelid
        join pg_namespace as n on n.oid = c.relnamespace where k.contype = 'f' and k.conrelid = any(%s)
        """,
        [[table.oid for table in needed]],
    ).fetchall():
        connection.execute(
            sql.SQL("alter table {} drop constraint {}").format(
                sql.Identifier(schema, table), sql.Identifier(constraint)
            )
        )
    if unneeded:
        connection.execute(sql.SQL("drop table {}").format(_listed(unneeded)))
    for schema in {table.schema for table in unneeded} - {table.schema for table in needed}:
        connection.execute(sql.SQL("drop schema {}").format(sql.Identifier(schema)))


def _grants(
    connection: psycopg.Connection[Any], held: Sequence[HeldTable], tables: Sequence[VersionTable]
) -> list[sql.Composable]:
    """Who may do what with each table that there was may do it with the new one; of others, what is the default."""
    before = {(table.schema, table.name): table.oid for table in held}
    statements: list[sql.Composable] = []
    fresh = {
        (table.schema, table.name): oid
        for table in tables
        for (oid,) in connection.execute(
            "select c.oid from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
            " where n.nspname = %s and c.relname = %s",
            [loading_schema(table.schema), table.name],
        ).fetchall()
    }
    columns = {(table.schema, table.name): {column.name for column in table.columns} for table in tables}
    granted = _privileges(connection, [*before.values(), *fresh.values()])
    for (schema, name), oid in fresh.items():
        table = sql.Identifier(schema, name)
        if (old := before.get((schema, name))) is None:
            given = _default_privileges(connection, schema)
        else:
            given = granted.get(old, [])
            # What is given to every new table may have been taken away from this one.
            statements += [
                sql.SQL("revoke all on {} from {}").format(table, grantee) for _, _, _, grantee in granted.get(oid, [])
            ]
        for privilege, column, is_grantable, grantee in given:
            if column is None or column in columns[schema, name]:
                statements.append(
                    sql.SQL("grant {}{} on {} to {}{}").format(
                        sql.SQL(privilege),
                        sql.SQL(" ({})").format(sql.Identifier(column)) if column else sql.SQL(""),
                        table,
                        grantee,
                        sql.SQL(" with grant option" if is_grantable else ""),
                    )
                )
    return statements


_Privilege = tuple[str, str | None, bool, sql.Composable]


def _privileges(connection: psycopg.Connection[Any], oids: Sequence[int]) -> dict[int, list[_Privilege]]:
    """What others than the owner may do with tables and with single columns of them, by the table."""
    rows = connection.execute(
        """
        select c.oid, x.privilege_type, null, x.is_grantable, r.rolname
        from pg_class as c cross join aclexplode(c.relacl) as x left join pg_roles as r on r.oid = x.grantee
        where c.oid = any(%(oids)s) and x.grantee <> c.relowner
        union all
        select c.oid, x.privilege_type, a.attname, x.is_grantable, r.rolname
        from pg_class as c join pg_attribute as a on a.attrelid = c.oid and not a.attisdropped
        cross join aclexplode(a.attacl) as x left join pg_roles as r on r.oid = x.grantee
        where c.oid = any(%(oids)s) and x.grantee <> c.relowner
        """,
        {"oids": list(oids)},
    ).fetchall()
    found: dict[int, list[_Privilege]] = {}
    for oid, privilege, column, is_grantable, role in rows:
        found.setdefault(oid, []).append((privilege, column, is_grantable, _role(role)))
    return found


def _default_privileges(connection: psycopg.Connection[Any], schema: str) -> list[_Privilege]:
    """What `alter default privileges in schema …` gives of tables that are made there; these are made elsewhere."""
    rows = connection.execute(
        """
        select x.privilege_type, x.is_grantable, r.rolname
        from pg_default_acl as d join pg_namespace as n on n.oid = d.defaclnamespace
        cross join aclexplode(d.defaclacl) as x left join pg_roles as r on r.oid = x.grantee
        where n.nspname = %s and d.defaclobjtype = 'r' and pg_get_userbyid(d.defaclrole) = current_user
        """,
        [schema],
    ).fetchall()
    return [(privilege, None, is_grantable, _role(role)) for privilege, is_grantable, role in rows]


def _role(name: str | None) -> sql.Composable:
    return sql.Identifier(name) if name else sql.SQL("public")


def _policies(
    connection: psycopg.Connection[Any], held: Sequence[HeldTable], tables: Sequence[VersionTable]
) -> list[sql.Composable]:
    """Which rows each role sees: without, a switch would show them all."""
    stay = {(table.schema, table.name) for table in tables}
    oids = [table.oid for table in held if (table.schema, table.name) in stay]
    statements: list[sql.Composable] = []
    for schema, name, policy, permissive, roles, command, using, check in connection.execute(
        """
        select p.schemaname, p.tablename, p.policyname, p.permissive, p.roles::text[], p.cmd, p.qual, p.with_check
        from pg_policies as p join pg_namespace as n on n.nspname = p.schemaname
        join pg_class as c on c.relnamespace = n.oid and c.relname = p.tablename where c.oid = any(%s) order by 1, 2, 3
        """,
        [oids],
    ).fetchall():
        to = [sql.SQL("public") if role == "public" else sql.Identifier(role) for role in roles]
        statements.append(
            sql.SQL("create policy {} on {} as {} for {} to {}{}{}").format(
                sql.Identifier(policy),
                sql.Identifier(schema, name),
                sql.SQL(permissive),
                sql.SQL(command),
                sql.SQL(", ").join(to),
                sql.SQL(f" using ({using})" if using else ""),
                sql.SQL(f" with check ({check})" if check else ""),
            )
        )
    for schema, name, is_forced in connection.execute(
        """
        select n.nspname, c.relname, c.relforcerowsecurity from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace where c.oid = any(%s) and c.relrowsecurity order by 1, 2
        """,
        [oids],
    ).fetchall():
        table = sql.Identifier(schema, name)
        statements.append(sql.SQL("alter table {} enable row level security").format(table))
        if is_forced:
            statements.append(sql.SQL("alter table {} force row level security").format(table))
    return statements


def _views(connection: psycopg.Connection[Any], held: Sequence[HeldTable]) -> list[_View]:
    """The views that read `held` tables; a view on such a view goes along with it."""
    rows = connection.execute(
        """
        select distinct v.oid, n.nspname, v.relname, pg_get_viewdef(v.oid), array_to_string(v.reloptions, ', '),
            pg_get_userbyid(v.relowner), v.relkind = 'v' and pg_has_role(v.relowner, 'USAGE')
        from pg_depend as d join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
        join pg_class as v on v.oid = r.ev_class join pg_namespace as n on n.oid = v.relnamespace
        where d.refclassid = 'pg_class'::regclass and d.refobjid = any(%s) order by 2, 3
        """,
        [[table.oid for table in held]],
    ).fetchall()
    return [
        _View(
            oid,
            sql.Identifier(schema, name),
            f" with ({options}) as {text}" if options else f" as {text}",
            sql.Identifier(owner),
            is_ours,
        )
        for oid, schema, name, text, options, owner, is_ours in rows
    ]


def _make_anew(connection: psycopg.Connection[Any], view: _View) -> None:
    """Where it cannot be, such as for want of a column, it stays on the table that it reads, which `needed` tells."""
    try:
        with connection.transaction():
            connection.execute(sql.SQL("create or replace view {}").format(view.name) + sql.SQL(view.text))
    except _GIVES_WAY:
        raise
    except psycopg.Error:
        return


def _needed_by(connection: psycopg.Connection[Any], tables: Sequence[HeldTable]) -> dict[int, str]:
    """What needs each of `tables`, of those that something beside them does: views, and keys of others' tables."""
    rows = connection.execute(
        """
        select d.refobjid, min(n.nspname || '.' || v.relname)
        from pg_depend as d join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
        join pg_class as v on v.oid = r.ev_class join pg_namespace as n on n.oid = v.relnamespace
        where d.refclassid = 'pg_class'::regclass and d.refobjid = any(%(oids)s) group by 1
        union all
        select k.confrelid, min(n.nspname || '.' || c.relname)
        from pg_constraint as k join pg_class as c on c.oid = k.conrelid
        join pg_namespace as n on n.oid = c.relnamespace
        where k.confrelid = any(%(oids)s) and k.conrelid <> all(%(oids)s) group by 1
        """,
        {"oids": [table.oid for table in tables]},
    ).fetchall()
    return dict(rows)


def _readers(connection: psycopg.Connection[Any], tables: Sequence[HeldTable]) -> str:
    """Who has read `tables` in a transaction that is still open."""
    rows = connection.execute(
        """
        select distinct a.pid, a.usename, coalesce(nullif(a.application_name, ''), 'an unnamed program')
        from pg_locks as l join pg_stat_activity as a on a.pid = l.pid
        where l.granted and l.relation = any(%s) and l.pid <> pg_backend_pid() order by a.pid limit 3
        """,
        [[table.oid for table in tables]],
    ).fetchall()
    named = ", ".join(f"process {pid}, {user} with {program}" for pid, user, program in rows)
    return f"a transaction that reads it is open ({named or 'it has just ended'})"


def _outdated(connection: psycopg.Connection[Any]) -> list[HeldTable]:
    rows = connection.execute(
        """
        select c.oid, n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where c.relkind = 'r' and starts_with(n.nspname, %s) order by 2, 3
        """,
        [_OUTDATED],
    )
    return [HeldTable(*row) for row in rows.fetchall()]


def _listed(tables: Sequence[HeldTable]) -> sql.Composed:
    return sql.SQL(", ").join(table.sql for table in tables)
