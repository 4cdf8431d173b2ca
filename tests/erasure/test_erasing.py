"""Whatever is erased: the database lets nothing else change, it is all or nothing, and nobody waits long."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from lrs.auth import tenants
from lrs.cli import verifying
from lrs.database import migrate, sql
from lrs.database.pool import Database
from lrs.erasure import erasing, plan
from lrs.erasure.erasing import Order
from lrs.errors import BadRequest, Conflict, Gone, NotGranted
from lrs.log.event_log import EventLog
from projections import builds, digest, found, retry
from projections.forget import complete, forget
from projections.rebuild import making, rebuild
from projections.runner import Runner
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.projections.test_year import await_all
from tests.tampered import VOIDED

ORDER = Order("a mistake", "the head", "somebody")
AGENTS = [{"name": name, "mbox": f"mailto:{name}@example.com"} for name in ("ada", "ben", "cem")]


def quietly(_: int, __: int) -> None:
    """Nobody looks on."""


def erase(database: Database, tenant: str, ids: list[str], forgetting: Any = forget) -> set[str]:
    """Plan it and confirm it; the ids of what is gone."""
    subject, log = plan.of_statements(ids), EventLog(database, tenant)
    with database.connection() as connection, connection.transaction():
        token = plan.make(log, connection, subject).token
    _, planned = erasing.erase(database, tenant, subject, ORDER, token=token, forget=forgetting)
    return {str(each) for each in planned.statements.values()}


def whole(database: Database, tenant: str) -> None:
    """Log, tree, index and contents are what they should be."""
    rebuild(database, tenant, found.projection("audit"), progress=quietly)
    assert verifying.verify(database, tenant, progress=quietly)[0] is None


def something(chance: random.Random, before: list[str]) -> dict[str, Any]:
    """A statement about one of few activities by one of few agents, or about a statement."""
    if before and chance.random() < 0.4:
        about = {"objectType": "StatementRef", "id": chance.choice([*before, str(uuid4())])}
    else:
        number = chance.randrange(4)
        name = {"en": f"Activity {number}, told {chance.randrange(3)}"}
        about = {"id": f"http://example.com/activities/{number}", "definition": {"name": name}}
    more = {"verb": VOIDED} if "objectType" in about and chance.random() < 0.5 else {}
    agent = chance.choice(AGENTS) | (
        {"name": "also " + chance.choice("ABC")} if chance.random() < 0.3 else {}
    )
    return a_statement(actor=agent, object=about, **more)


@pytest.mark.parametrize("seed", range(3))
def test_the_index_is_as_if_it_had_never_been_said(lrs: Client, database: Database, tenant: str, seed: int):
    chance, ids = random.Random(seed), list[str]()  # noqa: S311
    for _ in range(5):
        for _ in range(12):
            ids += lrs.post(something(chance, ids))
        gone = erase(database, tenant, chance.sample(ids, 8))
        ids = [each for each in ids if each not in gone]
        whole(database, tenant)
    shown = {each["id"] for each in lrs.find()}
    voided = {each for each in ids if each not in shown}
    assert all(
        lrs.http.get("/statements", params={"voidedStatementId": each}).status_code == 200 for each in voided
    )


def test_what_fails_in_the_middle_has_not_happened(lrs: Client, database: Database, tenant: str):
    ids = lrs.post([a_statement(), a_statement()])

    def fails(*_: Any) -> None:
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        erase(database, tenant, ids, fails)
    assert {each["id"] for each in lrs.find()} == set(ids)
    whole(database, tenant)


def test_what_changed_since_it_was_planned_is_not_erased(lrs: Client, database: Database, tenant: str):
    ids = lrs.post([a_statement(), a_statement()])
    with pytest.raises(Conflict, match="look at it again"):
        erasing.erase(database, tenant, plan.of_statements(ids), ORDER, token="0" * 16, forget=forget)
    erase(database, tenant, ids[:1])
    with pytest.raises(Gone, match=f"{ids[0]} has been erased already"):
        erase(database, tenant, ids)
    assert len(lrs.find()) == 1


def test_a_retry_and_an_erasure_do_not_wait_for_each_other(lrs: Client, database: Database, tenant: str):
    ids, projection = lrs.post(a_statement()), found.projection("competencies")
    build = rebuild(database, tenant, projection, progress=quietly)
    with ThreadPoolExecutor() as threads:
        with database.connection() as connection, connection.transaction():
            retry._held(connection, tenant, build, 0)
            erasing_ = threads.submit(erase, database, tenant, ids)
            time.sleep(0.3)
            assert retry._retry_some(connection, tenant, projection, build, [1]) == (0, 1)  # it has its rows
        assert erasing_.result()


def test_who_keeps_a_build_for_long_is_not_waited_for(lrs: Client, database: Database, tenant: str):
    ids, projection = lrs.post(a_statement()), found.projection("competencies")
    build = rebuild(database, tenant, projection, progress=quietly)
    with database.connection() as connection, connection.transaction():
        builds.read_now(connection, tenant, build)
        with pytest.raises(Conflict, match="Nothing was erased"):
            erase(database, tenant, ids)
    assert erase(database, tenant, ids)


def test_builds_say_that_rows_have_gone(lrs: Client, database: Database, tenant: str):
    def amended() -> list[int]:
        with database.connection() as connection:
            return [each.amended for each in builds.look(connection, tenant).builds]

    ids = lrs.post(a_statement())
    with database.connection() as connection:
        builds.begin(connection, tenant, next(iter(found.projections())))
    assert amended() == [0]
    erase(database, tenant, ids)
    assert amended() == [1]


@pytest.mark.parametrize("wrong", ["", "x", "00000000000000000000000000000000", "é" * 200])
def test_an_id_that_is_none_is_told(wrong: str):
    with pytest.raises(BadRequest, match="UUID"):
        plan.of_statements([str(uuid4()), wrong])


def test_the_database_lets_a_row_change_in_no_other_way(lrs: Client, database: Database, tenant: str):
    (one,) = lrs.post(a_statement())
    log = f"{sql.schema(tenant)}.log"
    leaf = f"{sql.schema(tenant)}.leaf_of(l)"
    changes = [
        "state = ''", "salt = NULL, state = ''", f"leaf = {leaf}, state = ''", f"leaf = {leaf}, salt = NULL",
        "leaf = sha256('x'), salt = NULL, state = ''", "stored = stored + interval '1 second'",
        f"leaf = {leaf}, salt = NULL, state = '', topic = 'x'",
        f"leaf = {leaf}, salt = NULL, state = '', notification_id = notification_id + 1000",
    ]  # fmt: skip
    for change in changes:
        with database.connection() as connection, pytest.raises(psycopg.Error):
            connection.execute(f"UPDATE {log} AS l SET {change}".encode())  # noqa: S608
    for statement in (f"DELETE FROM {log}", f"TRUNCATE {log}"):  # noqa: S608
        with database.connection() as connection, pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(statement.encode())
    erase(database, tenant, [one])
    with database.connection() as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute(f"UPDATE {log} AS l SET state = 'x' WHERE leaf IS NOT NULL".encode())  # noqa: S608
    whole(database, tenant)


@pytest.fixture
def narrow(database: Database, database_url: str, tenant: str) -> Iterator[Database]:
    """A role that only runs the store."""
    role = f"runner_{uuid4().hex[:8]}"
    with database.connection() as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        migrate.grant(connection, tenant, role)
        try:
            with Database(psycopg.conninfo.make_conninfo(database_url, user=role)) as limited:
                yield limited
        finally:
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_who_may_only_run_the_store_may_not_erase(lrs: Client, tenant: str, narrow: Database):
    ids = lrs.post(a_statement())
    with pytest.raises(NotGranted, match="UPDATE on the columns state, salt and leaf"):
        erase(narrow, tenant, ids)
    assert len(lrs.find()) == 1


def test_who_may_erase_and_make_no_tables_is_told_what_is_left_to_do(
    lrs: Client, database: Database, tenant: str, narrow: Database
):
    ids, learners = lrs.post([a_statement(), a_statement()]), found.projection("learners")
    rebuild(database, tenant, learners, progress=quietly)
    with database.connection() as connection, narrow.connection() as limited:
        right = f"GRANT UPDATE (state, salt, leaf) ON {sql.schema(tenant)}.log TO {limited.info.user}"
        connection.execute(right.encode())
    erase(narrow, tenant, ids[:1])
    with pytest.raises(NotGranted, match="lrs projections rebuild learners"):
        complete(narrow, tenant, found.projections(), progress=quietly)
    rebuild(database, tenant, learners, progress=quietly)
    assert digest.verify(database, tenant, learners, progress=quietly) == []


def test_writers_and_projections_go_on(server_url: str, database: Database):
    tenants.create(database, tenant := f"t{uuid4().hex[:12]}")
    runner = Runner(database, list(found.projections()), lambda: [tenant])
    following, stop = threading.Thread(target=runner.run), threading.Event()
    key, failed = a_key(database, tenant), list[BaseException]()

    def write(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        try:
            with Client(server_url, *key) as client:
                while not stop.is_set():
                    client.post([something(chance, []) for _ in range(5)])
        except BaseException as error:
            failed.append(error)

    threads = [following, *(threading.Thread(target=write, args=[seed]) for seed in range(3))]
    for each in threads:
        each.start()
    try:
        with Client(server_url, *key) as client:
            for _ in range(8):
                erase(database, tenant, client.post([a_statement(actor=AGENTS[0] | {"name": "Dora"})]))
        complete(database, tenant, found.projections(), progress=quietly)
        stop.set()
        await_all(database, tenant)
    finally:
        stop.set()
        runner.stop()
        for each in threads:
            each.join()
    assert failed == []
    assert b"Dora" not in b"".join(each.state for each in EventLog(database, tenant).read())
    for each in found.projections():
        assert digest.verify(database, tenant, each, progress=quietly) == [], each.name
    whole(database, tenant)


def begun(database: Database, tenant: str) -> dict[str, int]:
    """What is in the making, and how far it is."""
    with database.connection() as connection:
        return {
            each.name: each.position for each in builds.look(connection, tenant).builds if not each.finished
        }


def test_what_follows_from_several_events_is_built_anew(lrs: Client, database: Database, tenant: str):
    """A name is said by many, and a tally of a profile counts many; all else loses its rows at once."""
    ids = lrs.post([a_statement(), a_statement()])
    for each in found.projections():
        rebuild(database, tenant, each, progress=quietly)
    erase(database, tenant, ids[:1])
    # Whoever is killed after that instant leaves it to others, who find it; to verify takes it from nobody.
    assert begun(database, tenant) == {"learners": 0, "profiles": 0}
    digest.verify(database, tenant, found.projection("learners"), progress=quietly)
    assert set(begun(database, tenant)) == {"learners", "profiles"}
    runner = Runner(database, list(found.projections()), lambda: [tenant])
    following = threading.Thread(target=runner.run)
    following.start()
    limit = time.monotonic() + 10
    while begun(database, tenant):
        assert time.monotonic() < limit
        time.sleep(0.02)
    runner.stop()
    following.join()
    complete(database, tenant, found.projections(), progress=quietly)
    with database.connection() as connection:
        standing = builds.look(connection, tenant).builds
    assert all(each.superseded is None for each in standing)
    for each in found.projections():
        assert digest.verify(database, tenant, each, progress=quietly) == [], each.name


def test_what_was_in_the_making_begins_again(lrs: Client, database: Database, tenant: str):
    """It has taken in what is erased, in rows that it shares with what is not."""
    ids, learners = lrs.post([a_statement(), a_statement()]), found.projection("learners")
    rebuild(database, tenant, learners, progress=quietly)
    with making(database, tenant, learners, until=lambda: 2, progress=quietly):
        assert begun(database, tenant) == {"learners": 2}
        erase(database, tenant, ids[:1])
        assert begun(database, tenant) == {"learners": 0}
    rebuild(database, tenant, learners, progress=quietly)
    assert digest.verify(database, tenant, learners, progress=quietly) == []
