"""Another store on the tests' server, and all that is in a tenant, to be compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.pool import Database

# The clock's word on when something was done, not what: no two runs have the same.
OF_THE_RUN = {("migration", "applied"), ("projection", "finished")}

Tables = dict[str, list[tuple[Any, ...]]]


@contextmanager
def another(database: Database) -> Iterator[Database]:
    """A store in a database of its own."""
    name = f"lrs_test_{uuid4().hex[:12]}"
    with database.connection() as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
    try:
        with Database(make_conninfo(database.conninfo, dbname=name), pool_size=4) as other:
            tenants.migrate_all(other)
            yield other
    finally:
        with database.connection() as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def everything(database: Database, tenant: str) -> Tables:
    """Every row of every table, without the columns that are of the run."""
    schema = sql.schema(tenant).strip('"')
    columns: dict[str, list[str]] = {}
    query = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
        " ORDER BY table_name, ordinal_position"
    )
    with database.connection() as connection:
        for table, column in connection.execute(query, [schema]).fetchall():
            if (table, column) not in OF_THE_RUN:
                columns.setdefault(table, []).append(column)
        return {
            table: sorted(
                connection.execute(
                    SQL("SELECT {} FROM {}").format(
                        SQL(", ").join(SQL("{}::text").format(Identifier(each)) for each in names),
                        Identifier(schema, table),
                    )
                ).fetchall(),
                key=str,
            )
            for table, names in columns.items()
        }
