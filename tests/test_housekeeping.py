"""What PostgreSQL forgot in a crash is found out again; what nothing needs goes; and nobody waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from hashlib import sha256
from uuid import uuid4

import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from lrs import housekeeping
from lrs.app import prepare
from lrs.database import migrate, sql
from lrs.database.pool import Database
from lrs.erasure import erasing, plan
from lrs.erasure.erasing import Order
from lrs.housekeeping import Housekeeping
from lrs.log.event_log import EventLog
from lrs.settings import Settings
from lrs.store.blobs import Blobs
from lrs.store.documents import Documents
from projections.forget import forget
from tests.client import a_statement
from tests.conftest import serving
from tests.store.test_blobs import make_older, some
from tests.store.test_documents import a_write
from tests.store.test_documents import blobs as contents

SCHEMA = sql.schema("default")
FILLED = ["log", "statement_term"]


@pytest.fixture
def crashed(database: Database) -> Iterator[str]:
    """How to connect to a store that got many rows just before a crash of PostgreSQL."""
    name = f"lrs_test_{uuid4().hex[:8]}"
    with database.connection() as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
        url = make_conninfo(database.conninfo, dbname=name)
        prepare(Settings(database_url=url))
        with Database(url, pool_size=2) as own, own.connection() as inside:
            for statement in _MANY_ROWS:
                inside.execute(statement.replace("{tenant}", SCHEMA).encode())
        yield url
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


_MANY_ROWS = (
    # Autovacuum would come within a minute, had it not forgotten everything.
    "ALTER TABLE {tenant}.log SET (autovacuum_enabled = false)",
    "ALTER TABLE {tenant}.statement_term SET (autovacuum_enabled = false)",
    """INSERT INTO {tenant}.log
       SELECT gen_random_uuid(), 1, 'statement-stored', 'some text'::bytea, n, now(), gen_random_uuid()
         FROM generate_series(1, 10000) AS n""",
    "INSERT INTO {tenant}.statement_term SELECT gen_random_uuid(), n FROM generate_series(1, 10000) AS n",
    "SELECT pg_stat_reset()",
)


def with_statistics(url: str) -> list[str]:
    """The tables of the tenant that the planner knows something of."""
    asked = "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'tenant_default' ORDER BY 1"
    with Database(url, pool_size=2) as database, database.connection() as connection:
        return [name for (name,) in connection.execute(asked).fetchall()]


def analyzed(database: Database) -> list[str]:
    return [each.name for each in asyncio.run(Housekeeping(database).analyze())]


def test_a_server_makes_missing_statistics_after_its_start(crashed, monkeypatch):
    monkeypatch.setattr(housekeeping, "AFTER_START_SECONDS", 0.1)
    assert with_statistics(crashed) == []
    with serving(Settings(database_url=crashed, pool_size=2, log_level="warning")):
        limit = time.monotonic() + 10
        while with_statistics(crashed) != FILLED:
            assert time.monotonic() < limit
            time.sleep(0.05)


def test_only_tables_that_have_grown_much_are_analyzed_again(crashed):
    with Database(crashed, pool_size=2) as database, database.connection() as connection:
        assert analyzed(database) == FILLED  # and none of those that are empty
        assert analyzed(database) == []
        rows = "SELECT gen_random_uuid(), n FROM generate_series(1, %s) AS n"
        grow = f"INSERT INTO {SCHEMA}.statement_term {rows}"
        connection.execute(grow.encode(), [1000])
        assert analyzed(database) == []
        connection.execute(grow.encode(), [5000])
        assert analyzed(database) == ["statement_term"]


def test_a_table_that_somebody_works_on_is_passed_over(crashed):
    with Database(crashed, pool_size=3) as database, database.connection() as other, other.transaction():
        other.execute(f"LOCK TABLE {SCHEMA}.log IN SHARE UPDATE EXCLUSIVE MODE".encode())
        began = time.monotonic()
        assert analyzed(database) == ["statement_term"]
        assert time.monotonic() - began < 3
        assert with_statistics(crashed) == ["statement_term"]


def test_a_role_that_may_not_says_so_and_goes_on(crashed, caplog):
    role = f"lrs_test_{uuid4().hex[:8]}"
    with Database(crashed, pool_size=2) as owner, owner.connection() as connection:
        connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(role)))
        migrate.grant(connection, "default", role)
        with Database(make_conninfo(crashed, user=role), pool_size=2) as limited:
            assert analyzed(limited) == []
        assert "should run ANALYZE" in caplog.text
        connection.execute(SQL("DROP OWNED BY {}").format(Identifier(role)))
        connection.execute(SQL("DROP ROLE {}").format(Identifier(role)))
    assert with_statistics(crashed) == []


def test_files_are_cleaned_after_an_erasure_once(lrs, database, tenant):
    """Whoever erased over HTTP, or was killed before the end of `lrs erase`, does not do it."""
    housekeeping, ids = Housekeeping(database), lrs.post(a_statement())
    assert tenant not in housekeeping.clean()
    with database.connection() as connection:
        subject, log = plan.of_statements(ids), EventLog(database, tenant)
        token = plan.make(log, connection, subject).token
    erasing.erase(database, tenant, subject, Order("a", "b", "c"), token=token, forget=forget)
    assert tenant in housekeeping.clean()
    assert tenant not in housekeeping.clean()


@pytest.mark.parametrize("keep", [False, True])
def test_contents_that_nothing_needs_go_unless_they_are_kept(database, tenant, keep):
    documents, refused = Documents(database, keep_replaced=keep), some()
    for content in (b"old", b"older", b"old", b"new"):
        documents.put(tenant, a_write(content))
    Blobs(database).write(tenant, refused)
    make_older(database, tenant, hours=25)
    Housekeeping(database, keep_replaced=keep).sweep()
    kept = [b"old", b"older", b"new"] if keep else [b"new"]
    assert contents(database, tenant) == {sha256(content).hexdigest() for content in kept}


def test_a_stopping_server_does_not_wait_for_housekeeping(settings, database, tenant, monkeypatch):
    monkeypatch.setattr(housekeeping, "AFTER_START_SECONDS", 0.1)
    server = serving(settings.model_copy(update={"pool_size": 2}))
    with database.connection() as other, other.transaction():
        other.execute(f"LOCK TABLE {sql.schema(tenant)}.blob IN EXCLUSIVE MODE".encode())
        with server:
            limit = time.monotonic() + 20
            while not waits(database):
                assert time.monotonic() < limit
                time.sleep(0.05)
            began = time.monotonic()
        assert time.monotonic() - began < 5
        assert not waits(database)


def waits(database: Database) -> bool:
    """Does somebody wait for a lock?"""
    asked = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with database.connection() as connection:
        return connection.execute(asked).fetchone() is not None
