"""Keys are issued and revoked as events, their secrets are nowhere, and a revoked key stops at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid5

import httpx
import psycopg
import pytest

from lrs.app import prepare
from lrs.auth import tenants
from lrs.auth.keys import STREAMS, Keys, key_authority
from lrs.database import migrate, sql
from lrs.database.pool import Database
from lrs.errors import NotFound, OperatorError
from lrs.log import events
from lrs.log.event_log import EventLog
from lrs.log.events import KeyIssued, KeyRevoked
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving

AUTHORITY = key_authority("http://localhost", "key")
AT_ONCE = 2.0
LEARNER = "6f1e7e0c-3c62-4a5e-9f0e-0d4f5a7b8c9d"


@pytest.fixture
def keys(database: Database) -> Keys:
    return Keys(database)


@pytest.fixture(scope="module")
def servers(settings: Settings, database: Database) -> Iterator[tuple[str, str]]:
    """Two servers on one database."""
    small = settings.model_copy(update={"pool_size": 2})
    with serving(small) as first, serving(small) as second:
        yield first, second


def recorded(database: Database, tenant: str) -> list[tuple[int, events.Event]]:
    return [
        (each.version, events.from_state(each.topic, each.state))
        for each in EventLog(database, tenant).read()
    ]


def status(url: str, key: str, secret: str) -> int:
    headers = {"X-Experience-API-Version": "2.0.0"}
    return httpx.get(f"{url}/xapi/statements", auth=(key, secret), headers=headers).status_code


def times(database: Database, tenant: str) -> list[object]:
    return [(each.key, each.issued, each.revoked) for each in Keys(database).all(tenant)]


def test_a_key_has_the_times_of_its_events_also_where_they_were_others(
    keys: Keys, database: Database, tenant: str
) -> None:
    first, _ = a_key(database, tenant)
    keys.issue(tenant, scopes=["all"], authority=AUTHORITY | {"name": "\0"}, key=f"{tenant}-second")
    keys.revoke(tenant, first)
    issued, second, revoked = [each.stored for each in EventLog(database, tenant).read()]
    expected = [(first, issued, revoked), (f"{tenant}-second", second, None)]
    assert times(database, tenant) == expected
    schema = sql.schema(tenant)
    (step,) = [each for each in migrate.migrations("tenant") if each.name == "0016_times_of_keys"]
    with database.connection() as connection:
        shifted = (
            f"UPDATE {schema}.key SET issued = issued - interval '1 s', revoked = revoked - interval '1 s'"  # noqa: S608
        )
        connection.execute(shifted.encode())
        assert times(database, tenant) != expected
        connection.execute(step.text.replace("{tenant}", schema).encode())
    assert times(database, tenant) == expected


def test_issuing_and_revoking_are_events_in_the_stream_of_the_key(
    keys: Keys, database: Database, tenant: str
) -> None:
    key, _ = keys.issue(tenant, scopes=["state", "profile"], authority=AUTHORITY, label="a course")
    keys.revoke(tenant, key, reason="lost")
    (first, issued), second = recorded(database, tenant)
    assert isinstance(issued, KeyIssued)
    assert (first, issued.key, issued.scopes, issued.authority, issued.label) == (
        1, key, ["state", "profile"], AUTHORITY, "a course",
    )  # fmt: skip
    assert second == (2, KeyRevoked(key, "lost"))
    assert len({each.originator_id for each in EventLog(database, tenant).read()}) == 1


def test_a_key_that_is_issued_again_has_a_new_secret(
    keys: Keys, database: Database, tenant: str, server_url: str
) -> None:
    name = f"{tenant}-again"
    _, old = keys.issue(tenant, scopes=["all"], authority=AUTHORITY, key=name)
    keys.revoke(tenant, name)
    _, new = keys.issue(tenant, scopes=["all"], authority=AUTHORITY, key=name)
    assert [place for place, _ in recorded(database, tenant)] == [1, 2, 3]
    assert [status(server_url, name, secret) for secret in (old, new)] == [401, 200]


def test_keys_are_listed_without_their_secrets(keys: Keys, tenant: str) -> None:
    first, secret = keys.issue(tenant, scopes=["all"], authority=AUTHORITY, label="one")
    second, _ = keys.issue(tenant, scopes=["state"], authority=AUTHORITY)
    keys.revoke(tenant, first)
    listed = keys.all(tenant)
    assert [(each.key, each.label, each.scopes) for each in listed] == [
        (first, "one", ["all"]),
        (second, "", ["state"]),
    ]
    assert [each.revoked is None for each in listed] == [False, True]
    assert secret not in repr(listed)


def test_a_key_may_be_bound_to_one_learner(keys: Keys, database: Database, tenant: str) -> None:
    key, _ = keys.issue(tenant, scopes=["transcripts/read"], authority=AUTHORITY, learner=LEARNER.upper())
    ((_, issued),) = recorded(database, tenant)
    assert isinstance(issued, KeyIssued)
    assert (issued.key, issued.learner) == (key, LEARNER)
    assert [each.learner for each in keys.all(tenant)] == [LEARNER]


def test_a_key_of_before_is_bound_to_nobody() -> None:
    state = b'{"key":"k","digest":"","salt":"","scopes":["all"],"authority":{},"label":""}'
    issued = events.from_state("key-issued", state)
    assert isinstance(issued, KeyIssued)
    assert issued.learner == ""


def test_a_key_of_one_learner_may_do_nothing_else(keys: Keys, database: Database, tenant: str) -> None:
    for scopes in (["all"], ["all/read"], ["transcripts/read", "state"], ["registrar"], ["log/read"]):
        with pytest.raises(OperatorError, match="may have the scope transcripts/read"):
            keys.issue(tenant, scopes=scopes, authority=AUTHORITY, learner=LEARNER)
    with pytest.raises(OperatorError, match="must be a UUID"):
        keys.issue(tenant, scopes=["transcripts/read"], authority=AUTHORITY, learner="Ada")
    assert recorded(database, tenant) == []


def test_a_key_that_is_issued_again_to_all_is_bound_no_longer(keys: Keys, tenant: str) -> None:
    name = f"{tenant}-again"
    keys.issue(tenant, scopes=["transcripts/read"], authority=AUTHORITY, key=name, learner=LEARNER)
    keys.issue(tenant, scopes=["transcripts/read"], authority=AUTHORITY, key=name)
    assert [each.learner for each in keys.all(tenant)] == [""]


def test_secrets_are_long_and_random(keys: Keys, tenant: str) -> None:
    secrets = {keys.issue(tenant, scopes=["all"], authority=AUTHORITY)[1] for _ in range(5)}
    assert len(secrets) == 5
    assert min(map(len, secrets)) >= 43


def test_the_secret_is_nowhere_in_the_database(lrs: Client, database: Database, tenant: str) -> None:
    """Neither as it is, nor as bytes of a column, nor in what statements and documents tell of the key."""
    lrs.post(a_statement())
    lrs.http.put(
        "/agents/profile", params={"agent": '{"mbox":"mailto:a@b.c"}', "profileId": "p"}, content=b"{}"
    ).raise_for_status()
    secret = lrs.secret
    written = "".join(_everything(database, tenant))
    assert lrs.key in written
    assert all(form not in written for form in (secret, secret.encode().hex()))


def _everything(database: Database, tenant: str) -> Iterator[str]:
    schemas = (sql.schema(tenant).strip('"'), "lrs")
    tables = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)"
    with database.connection() as connection:
        for schema, table in connection.execute(tables.encode(), [list(schemas)]).fetchall():
            everything = psycopg.sql.SQL("SELECT t::text FROM {}.{} AS t").format(
                psycopg.sql.Identifier(schema), psycopg.sql.Identifier(table)
            )
            for (row,) in connection.execute(everything):
                yield row
                yield _bytes_in(row)


def _bytes_in(row: str) -> str:
    """Bytea is shown in hexadecimal digits."""
    parts = [part.strip('"').lstrip("\\") for part in row.strip("()").split(",")]
    hexadecimal = [part[1:] for part in parts if part.startswith("x")]
    return "".join(bytes.fromhex(part).decode("latin-1") for part in hexadecimal)


def test_a_revoked_key_stops_at_once_in_every_server(
    keys: Keys, database: Database, tenant: str, servers: tuple[str, str]
) -> None:
    key, secret = a_key(database, tenant)
    for url in servers:
        for _ in range(3):
            assert status(url, key, secret) == 200
    keys.revoke(tenant, key)
    deadline = time.monotonic() + AT_ONCE
    while set(answers := [status(url, key, secret) for url in servers]) != {401}:
        assert time.monotonic() < deadline, answers
    assert [status(url, key, secret) for url in servers] == [401, 401]


def test_a_key_works_at_once_in_every_server(keys: Keys, tenant: str, servers: tuple[str, str]) -> None:
    name = f"{tenant}-new"
    assert [status(url, name, "guess") for url in servers] == [401, 401]
    _, secret = keys.issue(tenant, scopes=["all"], authority=AUTHORITY, key=name)
    assert [status(url, name, secret) for url in servers] == [200, 200]


def test_revoking_one_key_leaves_the_others(
    keys: Keys, database: Database, tenant: str, servers: tuple[str, str]
) -> None:
    first, second = a_key(database, tenant), a_key(database, tenant)
    assert [status(servers[0], *each) for each in (first, second)] == [200, 200]
    keys.revoke(tenant, first[0])
    time.sleep(0.1)
    assert [status(servers[0], *each) for each in (first, second)] == [401, 200]


def test_only_a_key_that_is_there_can_be_revoked(keys: Keys, database: Database, tenant: str) -> None:
    key, _ = a_key(database, tenant)
    keys.revoke(tenant, key)
    for unknown in (key, f"{tenant}-nobody"):
        with pytest.raises(NotFound, match=f"There is no key {unknown}"):
            keys.revoke(tenant, unknown)
    assert len(recorded(database, tenant)) == 2


def test_what_a_revoked_key_stored_stays(lrs: Client, keys: Keys, database: Database, tenant: str) -> None:
    (statement_id,) = lrs.post(a_statement())
    keys.revoke(tenant, lrs.key)
    with Client(str(lrs.http.base_url).removesuffix("/xapi/"), *a_key(database, tenant)) as other:
        assert other.get(statement_id)["authority"]["account"]["name"] == lrs.key


@pytest.mark.parametrize("scopes", [[], ["everything"], ["all", "ALL"], ["statements"]])
def test_scopes_are_those_of_the_specification(keys: Keys, tenant: str, scopes: list[str]) -> None:
    with pytest.raises(OperatorError, match="statements/read/mine"):
        keys.issue(tenant, scopes=scopes, authority=AUTHORITY)


@pytest.mark.parametrize(
    "authority",
    [
        {},
        {"name": "nobody"},
        {"mbox": "mailto:a@b.c", "openid": "http://example.com/a"},
        {"objectType": "Group", "mbox": "mailto:team@example.com"},
        {"objectType": "Group", "member": [{"mbox": "mailto:a@b.c"}]},
        {"objectType": "Activity", "id": "http://example.com/a"},
    ],
)
def test_an_authority_is_one_that_a_statement_may_have(
    keys: Keys, database: Database, tenant: str, authority: dict[str, str]
) -> None:
    with pytest.raises(OperatorError, match="authority"):
        keys.issue(tenant, scopes=["all"], authority=authority)
    assert recorded(database, tenant) == []


def test_a_key_has_a_name_that_can_be_looked_up(keys: Keys, database: Database, tenant: str) -> None:
    tenants.create(database, other := f"{tenant}_other")
    for name in (f"{other}-key", "key", "unknown-key", f"{tenant}-a:b", f"{tenant}-a\0", f"{tenant}-\n"):
        with pytest.raises(OperatorError):
            keys.issue(tenant, scopes=["all"], authority=AUTHORITY, key=name)


def test_a_tenant_cannot_take_over_keys_of_default(keys: Keys, database: Database, tenant: str) -> None:
    name = f"{tenant}_late"
    keys.issue(tenants.DEFAULT, scopes=["all"], authority=AUTHORITY, key=f"{name}-course")
    with pytest.raises(OperatorError, match="choose another name"):
        tenants.create(database, name)
    assert name not in dict(tenants.names(database))
    with database.connection() as connection:
        assert connection.execute("SELECT to_regnamespace(%s)", [f"tenant_{name}"]).fetchone() == (None,)


def test_of_a_key_and_a_tenant_made_at_once_one_is_refused(
    keys: Keys, database: Database, tenant: str
) -> None:
    """Else the key would belong to one tenant and be looked for in another."""
    for number in range(8):
        name = f"{tenant}_{number}"
        with database.connection() as connection:
            migrate.migrate_tenant(connection, name)  # what takes long is done before
        ready = threading.Barrier(2)

        def issue(key: str = f"{name}-key", ready: threading.Barrier = ready) -> None:
            ready.wait(20)
            keys.issue(tenants.DEFAULT, scopes=["all"], authority=AUTHORITY, key=key)

        def create(name: str = name, ready: threading.Barrier = ready) -> None:
            ready.wait(20)
            tenants.create(database, name)

        with ThreadPoolExecutor(2) as threads:
            errors = [each.exception(60) for each in (threads.submit(issue), threads.submit(create))]
        assert [type(each) for each in errors if each] == [OperatorError], errors


class TestBootstrap:
    """LRS_BOOTSTRAP_KEY and LRS_BOOTSTRAP_SECRET."""

    @pytest.fixture
    def environment(self, settings: Settings, tenant: str) -> Settings:
        """The names of keys in tenant default are everybody's: this one is ours."""
        secret = f"secret of {tenant}"
        return Settings(
            **settings.model_dump() | {"bootstrap_key": f"boot_{tenant}", "bootstrap_secret": secret}
        )

    def issued(self, database: Database, settings: Settings) -> int:
        """How often; tenant default has a long log of others."""
        log = f"{sql.schema(tenants.DEFAULT)}.log"
        count = f"SELECT count(*) FROM {log} WHERE originator_id = %s AND topic = 'key-issued'"  # noqa: S608
        stream = uuid5(STREAMS, str(settings.bootstrap_key))
        with database.connection() as connection:
            return int(connection.execute(count.encode(), [stream]).fetchall()[0][0])

    def test_the_key_of_the_environment_may_do_everything_and_is_issued_once(
        self, environment: Settings, database: Database, server_url: str
    ) -> None:
        for _ in range(3):
            prepare(environment)
        assert environment.bootstrap_key
        assert environment.bootstrap_secret
        secret = environment.bootstrap_secret.get_secret_value()
        assert status(server_url, environment.bootstrap_key, secret) == 200
        assert self.issued(database, environment) == 1
        (listed,) = [e for e in Keys(database).all(tenants.DEFAULT) if e.key == environment.bootstrap_key]
        assert (listed.scopes, listed.label) == (["all"], "bootstrap")

    def test_starts_at_once_issue_one_key(self, environment: Settings, database: Database) -> None:
        ready = threading.Barrier(6)

        def start(_: int) -> None:
            ready.wait(20)
            prepare(environment.model_copy(update={"migrate": False}))

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(start, range(6)))
        assert self.issued(database, environment) == 1

    def test_a_key_of_another_tenant_cannot_be_the_one_of_the_environment(
        self, environment: Settings, database: Database, tenant: str
    ) -> None:
        key, secret = a_key(database, tenant)
        other = Settings(**environment.model_dump() | {"bootstrap_key": key, "bootstrap_secret": secret})
        with pytest.raises(OperatorError, match=f"would belong to tenant {tenant}"):
            prepare(other)

    def test_a_revoked_key_does_not_come_back_with_the_secret_that_may_have_leaked(
        self, environment: Settings, database: Database
    ) -> None:
        prepare(environment)
        Keys(database).revoke(tenants.DEFAULT, str(environment.bootstrap_key))
        with pytest.raises(OperatorError, match="was revoked"):
            prepare(environment)
        prepare(Settings(**environment.model_dump() | {"bootstrap_secret": "another"}))
        assert self.issued(database, environment) == 2

    def test_a_new_secret_in_the_environment_replaces_the_old_one(
        self, environment: Settings, database: Database, server_url: str
    ) -> None:
        prepare(environment)
        new = Settings(**environment.model_dump() | {"bootstrap_secret": "another"})
        prepare(new)
        assert new.bootstrap_key
        assert environment.bootstrap_secret
        old_secret = environment.bootstrap_secret.get_secret_value()
        assert status(server_url, new.bootstrap_key, old_secret) == 401
        assert status(server_url, new.bootstrap_key, "another") == 200
        assert self.issued(database, environment) == 2

    def test_a_secret_is_shown_by_no_representation(self, environment: Settings) -> None:
        assert environment.bootstrap_secret
        secret = environment.bootstrap_secret.get_secret_value()
        assert secret not in repr(environment)
        assert secret not in str(environment.model_dump())
