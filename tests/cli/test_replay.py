"""`lrs replay` rebuilds a tenant elsewhere, and `lrs serve` answers there what the store answered then."""

from __future__ import annotations

import httpx

from tests import tampered
from tests.cli import terminal
from tests.cli.terminal import Serving, facts
from tests.client import Client, a_statement

STATE = {"activityId": "http://example.com/a", "agent": tampered.ADA, "stateId": "s"}


def answers(lrs, told, void):
    """What a client may ask, and what it is told."""
    asked = [
        ("/statements", {"statementId": told[0]["id"]}),
        ("/statements", {"voidedStatementId": told[1]["id"]}),
        ("/statements", {"statementId": told[1]["id"]}),
        ("/statements", {"activity": "http://example.com/one", "limit": "2"}),
        ("/statements", {"verb": void["verb"]["id"], "format": "canonical"}),
        ("/statements", {"agent": tampered.ADA, "related_agents": "true", "ascending": "true"}),
        ("/activities", {"activityId": "http://example.com/one"}),
        ("/agents", {"agent": tampered.ADA}),
        ("/activities/state", STATE),
    ]
    responses = [lrs.http.get(path, params=parameters) for path, parameters in asked]
    return [(each.status_code, each.content, each.headers.get("etag")) for each in responses]


def test_a_server_on_what_was_replayed_answers_as_then(lrs, said, database, tenant, place):
    told = [
        a_statement(object={"id": "http://example.com/one", "definition": {"name": {"en": name}}})
        for name in ("One", "Uno", "Eins")
    ]
    void = a_statement(verb=tampered.VOIDED, object={"objectType": "StatementRef", "id": told[1]["id"]})
    lrs.post(told)
    lrs.post(void)
    lrs.http.put("/activities/state", params=STATE, content=b"as it was").raise_for_status()
    tampered.build(database, tenant)
    then, position = answers(lrs, told, void), 6
    lrs.post([a_statement(object=told[0]["object"]), void | {"id": a_statement()["id"]}])
    assert answers(lrs, told, void) != then
    folder = place / "then"
    done = facts(said("replay", "--to", position, "--into", folder, "--tenant", tenant))
    assert (done["tenant"], done["position"], len(done["root"])) == (tenant, str(position), 64)
    with (
        Serving("--data-dir", folder) as server,
        Client(server.url, lrs.key, lrs.secret) as replayed,
    ):
        assert answers(replayed, told, void) == then
        replayed.post(a_statement())
        assert httpx.get(f"{server.url}/readyz").status_code == 200
    verified = terminal.said("audit", "verify", "--tenant", tenant, "--data-dir", folder)
    assert verified == f"tenant {tenant}: {position + 1} events, and everything is what they say\n"


def test_what_cannot_be_replayed_is_told(lrs, complaint, tenant, place):
    lrs.post(a_statement())
    into = ("--into", place / "nothing", "--tenant", tenant)
    assert "is after the last one of the log, 2" in complaint("replay", "--to", "3", *into)
    assert "is not over" in complaint("replay", "--to", "2100-01-01T00:00:00Z", *into)
    assert "There was nothing" in complaint("replay", "--to", "2000-01-01T00:00:00Z", *into)
