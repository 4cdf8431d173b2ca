"""The schema: numbered steps, refused when it is newer, and run by a role that cannot rewrite the log."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from lrs.app import prepare
from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.database import migrate, sql
from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.log.event_log import EventLog
from lrs.settings import Settings
from lrs.store.blobs import Blobs
from tests.client import Client, a_statement
from tests.conftest import serving
from tests.multiparts import MULTIPART, a_body, a_part, a_statement_with

STEPS = [each.name for each in migrate.migrations("tenant")]
ADA = '{"mbox":"mailto:ada@example.com"}'
STATE = {"activityId": "http://example.com/a", "agent": ADA, "stateId": "s"}


def a_name() -> str:
    return f"t{uuid4().hex[:12]}"


def shape(database: Database, tenant: str) -> list[tuple[str, ...]]:
    """Everything that a schema is made of, as text, whatever its name is."""
    schema = sql.schema(tenant).strip('"')
    questions = [
        "SELECT 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, '')"
        " FROM information_schema.columns WHERE table_schema = %s",
        "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s",
        "SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = %s::regnamespace",
        "SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid)"
        " FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = tgrelid"
        " WHERE relnamespace = %s::regnamespace AND NOT tgisinternal",
        "SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = %s::regnamespace",
    ]
    with database.connection() as connection:
        rows = [row for each in questions for row in connection.execute(each.encode(), [schema]).fetchall()]
    return sorted(tuple(str(value).replace(tenant, "…") for value in row) for row in rows)


def test_steps_are_numbered_without_a_gap() -> None:
    for room in ("shared", "tenant"):
        steps = migrate.migrations(room)  # type: ignore[arg-type]
        assert [each.number for each in steps] == list(range(1, len(steps) + 1))


def test_a_new_tenant_takes_every_step_once(database: Database) -> None:
    with database.connection() as connection:
        name = a_name()
        assert migrate.pending(connection, name) == STEPS
        assert migrate.migrate_tenant(connection, name) == STEPS
        assert migrate.migrate_tenant(connection, name) == []
        assert migrate.pending(connection, name) == []


def test_the_schema_is_the_sum_of_the_steps(database: Database, tenant: str) -> None:
    """One by one, as an old store is brought up to date, or all at once: the result is the same."""
    name = a_name()
    all_steps = migrate.migrations("tenant")
    with pytest.MonkeyPatch.context() as old, database.connection() as connection:
        for known in range(1, len(all_steps) + 1):
            old.setattr(migrate, "migrations", lambda _, known=known: all_steps[:known])
            assert migrate.migrate_tenant(connection, name) == [all_steps[known - 1].name]
    assert shape(database, name) == shape(database, tenant)
    tables = {row[1] for row in shape(database, tenant) if row[0] == "column"}
    assert {"head", "log", "statement_term", "blob", "document", "key", "migration"} <= tables


def test_a_step_that_fails_leaves_nothing(database: Database) -> None:
    name = a_name()
    steps = migrate.migrations("tenant")
    broken = (*steps, migrate.Migration(len(steps) + 1, "broken", "CREATE TABLE {tenant}.x (y nonsense)"))
    with pytest.MonkeyPatch.context() as new, database.connection() as connection:
        new.setattr(migrate, "migrations", lambda _: broken)
        with pytest.raises(psycopg.errors.UndefinedObject):
            migrate.migrate_tenant(connection, name)
    assert shape(database, name) == [] if _exists(database, name) else True


def _exists(database: Database, tenant: str) -> bool:
    found = "SELECT count(*) FROM pg_namespace WHERE nspname = %s"
    with database.connection() as connection:
        count = connection.execute(found.encode(), [sql.schema(tenant).strip('"')]).fetchall()[0][0]
    return bool(count)


def test_a_newer_schema_is_refused_with_a_sentence(empty: str) -> None:
    with Database(empty) as database, pytest.MonkeyPatch.context() as newer:
        newer.setattr(migrate, "migrations", _with_one_more(99))
        tenants.migrate_all(database)
        newer.undo()
        with database.connection() as connection:
            for look in (migrate.migrate_tenant, migrate.pending):
                refused(lambda look=look: look(connection, "default"))
        refused(lambda: prepare(Settings(database_url=empty)))


def _with_one_more(number: int) -> Callable[[migrate.Room], tuple[migrate.Migration, ...]]:
    """What a newer program knows: one more step for each tenant."""
    known, future = migrate.migrations, migrate.Migration(number, "future", "CREATE TABLE {tenant}.future ()")
    return lambda room: (*known(room), future) if room == "tenant" else known(room)


def test_only_the_tenants_that_are_behind_are_visited(empty: str) -> None:
    names = [f"t{number}" for number in range(20)]
    with Database(empty) as database, pytest.MonkeyPatch.context() as newer:
        tenants.migrate_all(database)
        for name in names[:10]:
            tenants.create(database, name)
        newer.setattr(migrate, "migrations", _with_one_more(len(STEPS) + 1))
        for name in names[10:]:
            tenants.create(database, name)
        assert tenants.pending(database) == ["future"]
        assert tenants.migrate_all(database) == [
            f"tenant {name}: future" for name in sorted(["default", *names[:10]])
        ]
        with psycopg.connect(empty) as other:
            other.execute(f"LOCK TABLE {sql.schema('t1')}.migration")  # whoever looked into it would wait
            with Database(empty, statement_timeout=1) as starting:
                assert (tenants.pending(starting), tenants.migrate_all(starting)) == ([], [])


def test_contents_of_documents_that_were_replaced_before_they_were_marked_are_kept(empty: str) -> None:
    before = STEPS.index("0005_kept")
    known = migrate.migrations
    with Database(empty) as database, pytest.MonkeyPatch.context() as older:
        older.setattr(migrate, "migrations", lambda room: known(room)[:before])
        tenants.migrate_all(database)
        with database.connection() as connection:
            connection.execute("INSERT INTO tenant_default.blob VALUES ('old', 1, '2020-01-01')")
        older.undo()
        tenants.migrate_all(database)
        assert Blobs(database).sweep("default", keep_replaced=True) == 0
        assert Blobs(database).sweep("default") == 1


def test_a_first_start_tells_all_its_steps(empty: str) -> None:
    with Database(empty) as database:
        done = tenants.migrate_all(database)
    assert [each.split(": ") for each in done] == [
        *[["registry", each.name] for each in migrate.migrations("shared")],
        *[["tenant default", each] for each in STEPS],
    ]


def refused(start: Callable[[], object]) -> None:
    with pytest.raises(OperatorError) as told:
        start()
    said = str(told.value)
    assert "at migration 99" in said
    assert f"knows only {len(STEPS)}" in said
    assert "Install that version, or a newer one." in said


def test_first_starts_at_once_do_not_disturb_each_other(empty: str) -> None:
    """Four programs find an empty database; each of them can work with what they make of it together."""
    environment = Settings(database_url=empty, bootstrap_key="first", bootstrap_secret="s" * 20)
    ready = threading.Barrier(4)

    def start(_: int) -> list[str]:
        ready.wait(20)
        return prepare(environment)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(start, range(4)))
    with Database(empty) as database:
        assert tenants.pending(database) == []
        assert [name for name, _ in tenants.names(database)] == ["default"]
        assert [each.key for each in Keys(database).all("default")] == ["first"]
        assert [each.topic for each in EventLog(database, "default").read()] == ["key-issued"]
    with (
        serving(Settings(database_url=empty, log_level="warning")) as url,
        Client(url, "first", "s" * 20) as lrs,
    ):
        assert lrs.find() == []


@pytest.fixture
def empty(database: Database) -> Iterator[str]:
    """How to connect to a database that nobody else uses and that has nothing in it."""
    name = f"lrs_test_{uuid4().hex[:8]}"
    with database.connection() as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
        yield make_conninfo(database.conninfo, dbname=name)
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture
def limited(database: Database, empty: str) -> Iterator[str]:
    """A store in a database of its own, and a role that may run it and no more; how that role connects."""
    role = f"lrs_test_{uuid4().hex[:8]}"
    with Database(empty, pool_size=2) as own:
        tenants.migrate_all(own)
        with own.connection() as connection:
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(role)))
            migrate.grant(connection, "default", role)
            yield make_conninfo(empty, user=role)
            connection.execute(SQL("DROP OWNED BY {}").format(Identifier(role)))
            connection.execute(SQL("DROP ROLE {}").format(Identifier(role)))


def test_the_role_that_runs_the_store_cannot_rewrite_the_log(limited: str) -> None:
    forbidden = [
        "UPDATE {log} SET state = ''",
        "DELETE FROM {log}",
        "TRUNCATE {log}",
        "DROP TABLE {log}",
        "ALTER TABLE {log} DISABLE TRIGGER ALL",
        "UPDATE {migration} SET number = 0",
        "DELETE FROM {migration}",
        "UPDATE {checkpoint} SET size = 0",
        "DELETE FROM {checkpoint}",
        "UPDATE {audit_key} SET name = ''",
        "DELETE FROM {audit_key}",
        "UPDATE {access} SET by = ''",
        "DELETE FROM {access}",
        "TRUNCATE {access}",
    ]
    schema = sql.schema("default")
    with psycopg.connect(limited, autocommit=True) as connection:
        for each in forbidden:
            text = each.replace("{", f"{schema}.").replace("}", "")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(text.encode())


def test_the_owner_cannot_rewrite_the_log_by_mistake(lrs: Client, database: Database, tenant: str) -> None:
    lrs.post(a_statement())
    with database.connection() as connection:
        for statement in ("UPDATE {log} SET state = ''", "DELETE FROM {log}", "TRUNCATE {log}"):
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                connection.execute(statement.replace("{log}", f"{sql.schema(tenant)}.log").encode())


def test_the_limited_role_runs_everything(limited: str) -> None:
    """From the start of the server to keys, documents and paging."""
    own = Settings(
        database_url=limited,
        pool_size=2,
        log_level="warning",
        bootstrap_key="first",
        bootstrap_secret="s" * 20,
    )
    assert prepare(own) == []
    with serving(own) as url, Client(url, "first", "s" * 20) as lrs:
        statement = statement_with_a_comment(lrs)
        void = {"id": "http://adlnet.gov/expapi/verbs/voided"}
        lrs.post(a_statement(verb=void, object={"objectType": "StatementRef", "id": statement["id"]}))
        assert len(lrs.find(limit=1)) == 2
        lrs.http.put("/activities/state", params=STATE, content=b"1").raise_for_status()
        lrs.http.delete("/activities/state", params=STATE).raise_for_status()
        lrs.http.get("/agents", params={"agent": ADA}).raise_for_status()
        with Database(limited, pool_size=1) as database:
            keys = Keys(database)
            name, secret = keys.issue("default", scopes=["all"], authority=key_authority("http://a.b", "k"))
            with Client(url, name, secret) as other:
                assert len(other.find()) == 2
            keys.revoke("default", name)
        assert lrs.http.get("/statements").status_code == 200
        assert lrs.http.get(f"{url}/audit/key").status_code == 200


def statement_with_a_comment(lrs: Client) -> dict[str, Any]:
    """With an attachment, and a statement that refers to it."""
    statement = a_statement_with(b"attached")
    comment = a_statement(object={"objectType": "StatementRef", "id": statement["id"]})
    body = a_body(json.dumps([statement, comment]).encode(), a_part(b"attached"))
    lrs.http.post("/statements", content=body, headers=MULTIPART).raise_for_status()
    return statement


def test_a_tenant_that_was_not_granted_is_answered_what_an_operator_has_to_do(
    database: Database, empty: str, limited: str
) -> None:
    with Database(empty, pool_size=1) as owner:
        tenants.create(owner, "school")
        keys = Keys(owner)
        key = keys.issue("school", scopes=["all"], authority=key_authority("http://a.b", "k"))
        other = keys.issue("default", scopes=["all"], authority=key_authority("http://a.b", "k"))
    own = Settings(database_url=limited, pool_size=2, log_level="error")
    with serving(own) as url, Client(url, *key) as lrs:
        for method, body in [("GET", None), ("POST", a_statement())]:
            answer = lrs.http.request(method, "/statements", json=body)
            assert answer.status_code == 503
            assert "lrs migrate --grant-to" in answer.json()["error"]
            assert answer.headers["x-experience-api-consistent-through"]
        with Client(url, *other) as neighbour:
            neighbour.post(a_statement())
        with Database(empty, pool_size=1) as owner, owner.connection() as connection:
            migrate.grant(connection, "school", conninfo_to_dict(limited)["user"])
        lrs.post(a_statement())
        assert len(lrs.find()) == 1


def test_a_role_that_may_only_read_is_told_so_when_it_writes(
    database: Database, empty: str, limited: str
) -> None:
    with Database(empty, pool_size=1) as owner:
        key = Keys(owner).issue("default", scopes=["all"], authority=key_authority("http://a.b", "k"))
    with Database(empty, pool_size=1) as owner, owner.connection() as connection:
        role = Identifier(conninfo_to_dict(limited)["user"])
        revoke = SQL("REVOKE INSERT ON {} FROM {}").format(Identifier("tenant_default", "log"), role)
        connection.execute(revoke)
    own = Settings(database_url=limited, pool_size=2, log_level="error")
    with serving(own) as url, Client(url, *key) as lrs:
        for body in (a_statement(), [a_statement(), a_statement()]):
            answer = lrs.http.post("/statements", json=body)
            assert (answer.status_code, "permission denied" in answer.text) == (503, True)
        assert lrs.find() == []


def test_a_database_that_can_only_be_read_answers_what_is_asked(database: Database, limited: str) -> None:
    """As a standby that follows another."""
    own = Settings(database_url=limited, pool_size=2, log_level="error")
    with Database(limited, pool_size=1) as before:
        key = Keys(before).issue("default", scopes=["all"], authority=key_authority("http://a.b", "k"))
    with serving(own) as url, Client(url, *key) as lrs:
        lrs.post(a_statement())
    role = Identifier(conninfo_to_dict(limited)["user"])
    with database.connection() as connection:
        connection.execute(SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(role))
    with serving(own) as url, Client(url, *key) as lrs:
        for path, asked in [("statements", {}), ("activities", {"activityId": "http://a.b/c"})]:
            assert lrs.http.get(f"/{path}", params=asked).status_code == 200
        assert len(lrs.find()) == 1
        assert lrs.http.post("/statements", json=a_statement()).status_code == 503


def test_an_old_postgresql_is_refused_with_a_sentence(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "OLDEST_POSTGRES", 990000)
    with (
        database.connection() as connection,
        pytest.raises(OperatorError, match=r"PostgreSQL \d+ is too old"),
    ):
        migrate.migrate_shared(connection)
