"""Statements that have grown too old are erased, under policies that the log knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from psycopg.errors import RestrictViolation

from lrs.accesses import access_log
from lrs.accesses.access_log import Access
from lrs.cli import verifying
from lrs.database import sql
from lrs.database.pool import Database
from lrs.erasure import retention
from lrs.errors import BadRequest, NotFound
from lrs.log.event_log import EventLog
from lrs.log.events import RetentionAdopted, StatementErased, from_state
from lrs.log.pages import Span
from lrs.registrar import catalogue
from projections import found
from projections.forget import forget
from projections.rebuild import rebuild
from tests.client import Client, a_statement
from tests.registrar.samples import a_provider
from tests.tampered import VOIDED

LATER = datetime.now(UTC) + timedelta(days=100)
SEEN = {"id": "http://example.com/verbs/seen"}
ADA = {"mbox": "mailto:ada@example.com"}


def a_policy(name: str = "old", older_than: str = "P90D", **members: str) -> RetentionAdopted:
    said = {"kind": "statements", "verb": "", "provider": "", "reason": "not needed", "authority": "board"}
    return RetentionAdopted(policy=name, older_than=older_than, by="me", **{**said, **members})


def run(database: Database, tenant: str, policy: RetentionAdopted, now: datetime = LATER) -> int:
    return retention.run(database, tenant, policy, now=now, by="cron", forget=forget, progress=lambda _: None)


def left(lrs: Client) -> set[str]:
    return {each["id"] for each in lrs.find()}


@pytest.mark.parametrize(
    ("age", "now", "then"),
    [
        ("P7Y", "2026-11-25", "2019-11-25"),
        ("P1Y", "2028-02-29", "2027-02-28"),
        ("P4Y", "2028-02-29", "2024-02-28"),
        ("P90D", "2026-04-01", "2026-01-01"),
    ],
)
def test_an_age_is_counted_back_from_now(age: str, now: str, then: str) -> None:
    assert retention.before(a_policy(older_than=age), datetime.fromisoformat(now)) == datetime.fromisoformat(
        then
    )


def test_what_is_too_old_is_erased_and_nothing_else(lrs: Client, database: Database, tenant: str) -> None:
    old = lrs.post([a_statement() for _ in range(3)])
    policy = a_policy()
    assert retention.count(database, tenant, policy, now=datetime.now(UTC)) == 0
    assert run(database, tenant, policy, now=datetime.now(UTC)) == 0
    assert left(lrs) == {*old}
    assert retention.count(database, tenant, policy, now=LATER) == 3
    assert run(database, tenant, policy) == 3
    assert left(lrs) == set()
    said = [
        from_state(e.topic, e.state)
        for e in EventLog(database, tenant).read()
        if e.topic == StatementErased.topic
    ]
    assert {(each.reason, each.authority, each.by) for each in said if isinstance(each, StatementErased)} == {
        ("retention old: not needed", "board", "cron")
    }
    assert run(database, tenant, policy) == 0


def test_a_verb_is_the_statements_own(lrs: Client, database: Database, tenant: str) -> None:
    (seen,) = lrs.post(a_statement(verb=SEEN))
    (about_it,) = lrs.post(a_statement(object={"objectType": "StatementRef", "id": seen}))
    assert run(database, tenant, a_policy(verb=SEEN["id"])) == 1
    assert left(lrs) == {about_it}


def test_a_provider_is_known_by_all_its_authorities(lrs: Client, database: Database, tenant: str) -> None:
    hers = lrs.post(a_statement())
    authority = lrs.get(hers[0])["authority"]
    for authorities in ([authority], [ADA]):
        offered = {"providers": {"coop": a_provider(authorities=authorities)}}
        catalogue.adopt(database, tenant, offered, by="me")
    retention.adopt(database, tenant, policy := a_policy(provider="coop"))
    assert run(database, tenant, policy) == 1
    other = lrs.post(a_statement())
    assert run(database, tenant, a_policy(provider="nobody")) == 0
    assert left(lrs) == {*other}


def test_more_than_fit_into_one_transaction_go_too(
    lrs: Client, database: Database, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    lrs.post(
        [a_statement(verb=SEEN if number % 2 else {"id": "http://example.com/v"}) for number in range(9)]
    )
    assert run(database, tenant, a_policy(verb=SEEN["id"])) == 4
    assert len(left(lrs)) == 5


def test_policies_are_adopted_changed_and_ended(database: Database, tenant: str) -> None:
    first = retention.adopt(database, tenant, a_policy())
    assert retention.adopt(database, tenant, a_policy()) == first
    assert retention.adopt(database, tenant, a_policy(older_than="P7Y")) == first + 1
    assert [each.older_than for each in retention.policies(database, tenant)] == ["P7Y"]
    retention.adopt(database, tenant, a_policy(older_than=""))
    assert retention.policies(database, tenant) == []


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"older_than": "7 years"}, "/older_than"),
        ({"older_than": "P5000Y"}, "/older_than"),
        ({"kind": "keys"}, "/kind"),
        ({"kind": "documents", "verb": SEEN["id"]}, "/verb"),
        ({"kind": "accesses", "verb": SEEN["id"]}, "/verb"),
        ({"provider": "nobody"}, "/provider"),
        ({"authority": ""}, "/authority"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(
    database: Database, tenant: str, wrong: dict[str, str], at: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        retention.adopt(database, tenant, a_policy(**wrong))
    assert [each.pointer for each in refused.value.faults] == [at]


def test_what_was_never_adopted_cannot_end(database: Database, tenant: str) -> None:
    with pytest.raises(NotFound):
        retention.adopt(database, tenant, a_policy(older_than=""))


def test_documents_that_have_not_changed_for_so_long_are_erased(
    lrs: Client, database: Database, tenant: str
) -> None:
    state = {"agent": '{"mbox":"mailto:ada@example.com"}', "activityId": "http://example.com/a"}
    for name, content in (("old", {"a": 1}), ("old", {"b": 2}), ("other", {"c": 3})):
        lrs.http.post("/activities/state", params=state | {"stateId": name}, json=content).raise_for_status()
    policy = a_policy(kind="documents")
    assert retention.count(database, tenant, policy, now=datetime.now(UTC)) == 0
    assert retention.count(database, tenant, policy, now=LATER) == 3
    assert run(database, tenant, policy) == 3
    assert lrs.http.get("/activities/state", params=state).json() == []
    lrs.http.put("/activities/state", params=state | {"stateId": "old"}, content=b"new").raise_for_status()
    assert lrs.http.get("/activities/state", params=state | {"stateId": "old"}).content == b"new"
    rebuild(database, tenant, found.projection("audit"), progress=lambda *_: None)
    assert verifying.verify(database, tenant, progress=lambda *_: None)[0] is None


def test_the_oldest_accesses_go_where_a_policy_says_so(database: Database, tenant: str) -> None:
    access_log.note(database, tenant, [Access("key", f"GET /learners/{number}") for number in range(6)])
    policy, span = a_policy(kind="accesses"), Span(0, access_log.LAST, True, 10)
    assert run(database, tenant, policy, now=datetime.now(UTC)) == 0
    assert retention.count(database, tenant, policy, now=LATER) == 5
    assert run(database, tenant, policy) == 5
    # The last one stays: it tells that none is missing at the end.
    assert [each.number for each in access_log.page(database, tenant, span)] == [6]
    access_log.note(database, tenant, [Access("key", "GET /learners")])
    rebuild(database, tenant, found.projection("audit"), progress=lambda *_: None)
    assert verifying.verify(database, tenant, progress=lambda *_: None)[0] is None
    with database.connection() as connection, pytest.raises(RestrictViolation):
        connection.execute(f"DELETE FROM {sql.schema(tenant)}.access".encode())  # noqa: S608


def test_what_a_void_had_taken_back_goes_with_it(lrs: Client, database: Database, tenant: str) -> None:
    (taken_back,) = lrs.post(a_statement())
    (void,) = lrs.post(a_statement(verb=VOIDED, object={"objectType": "StatementRef", "id": taken_back}))
    assert run(database, tenant, a_policy(verb=VOIDED["id"])) == 2
    for name in ("statementId", "voidedStatementId"):
        for each in (taken_back, void):
            assert "erased" in lrs.http.get("/statements", params={name: each}).json()["error"]
