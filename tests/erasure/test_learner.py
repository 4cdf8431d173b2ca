"""A learner is erased: nothing of her is left, everything else stands, and all that was proven still is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from psycopg.sql import SQL, Identifier

from demo import office
from demo.family import MIRA_AT_COOP, MIRA_AT_HOME
from lrs.auth import tenants
from lrs.cli import verifying
from lrs.cli.asking import ask
from lrs.database import sql
from lrs.database.pool import Database
from lrs.erasure import erasing, plan
from lrs.erasure.erasing import Order
from lrs.errors import Conflict, Gone
from lrs.log.event_log import EventLog
from lrs.registrar import learners
from projections import digest, found
from projections.audit import bundle, checkpoints
from projections.audit.bundle import Slice
from projections.audit.trail import Trail
from projections.forget import complete, forget
from projections.rebuild import rebuild
from projections.view import Views
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.multiparts import MULTIPART, a_body, a_part, a_statement_with
from tests.projections.stored import store
from tests.projections.test_year import said

VERIFY = Path(__file__).parents[2] / "docs" / "auditors" / "verify.py"
ORDER = Order("her parents asked for it", "GDPR 17", "the head")
HOME = {name: value for name, value in MIRA_AT_HOME.items() if name != "name"}
COOP = {name: value for name, value in MIRA_AT_COOP.items() if name != "name"}
SECRET = b"what only she has written"


def quietly(_: int, __: int) -> None:
    """Nobody looks on."""


def erase(database: Database, tenant: str, subject: plan.Subject) -> None:
    """Plan it, confirm it, and build anew what has to be."""
    log = EventLog(database, tenant)
    with database.connection() as connection, connection.transaction():
        token = plan.make(log, connection, subject).token
    erasing.erase(database, tenant, subject, ORDER, token=token, forget=forget)
    complete(database, tenant, found.projections(), progress=quietly)


def build_all(database: Database, tenant: str) -> None:
    for each in found.projections():
        rebuild(database, tenant, each, progress=quietly)


@pytest.fixture(scope="module")
def year(database: Database, server_url: str, tmp_path_factory: Any) -> dict[str, Any]:
    """The family's year and more of Mira's, proven; then she is erased."""
    tenant = f"t{uuid4().hex[:12]}"
    tenants.create(database, tenant)
    office.open_the_year(database, tenant)
    with Client(server_url, *a_key(database, tenant)) as lrs:
        ids = further(lrs)
        store(database, tenant, said())
        office.close_the_year(database, tenant)
        build_all(database, tenant)
        trail = Trail(Views(database, found.projections()), "https://lrs.example")
        trail.sign(tenant)
        folder = tmp_path_factory.mktemp("before")
        with database.connection() as connection:
            signed = checkpoints.all_of(connection, tenant)[-1]
        bundle.write(
            trail.views, tenant, Slice(1, signed.size), signed, folder / "before.zip", lambda _: None
        )
        (folder / "checkpoint").write_bytes(signed.note)
        with database.connection() as connection:
            subject = plan.of_learner(EventLog(database, tenant), connection, office.MIRA)
        there = rows(database, tenant)
        erase(database, tenant, subject)
        build_all(database, tenant)
        yield {
            "rows": there,
            "tenant": tenant,
            "lrs": lrs,
            "ids": ids,
            "folder": folder,
            "trail": trail,
            "before": signed,
        }


def further(lrs: Client) -> dict[str, str]:
    """An attachment and a document of hers, a group with others, references to what she said."""
    hers = a_statement_with(SECRET, actor=MIRA_AT_HOME)
    lrs.http.post(
        "/statements", content=a_body(json.dumps(hers).encode(), a_part(SECRET)), headers=MULTIPART
    ).raise_for_status()
    group = {
        "objectType": "Group",
        "member": [MIRA_AT_COOP, {"name": "Ben", "mbox": "mailto:ben@example.com"}],
    }
    (together,) = lrs.post(a_statement(actor=group))
    reference = {"objectType": "StatementRef", "id": together}
    (about_it,) = lrs.post(a_statement(object=reference))
    (of_that,) = lrs.post(a_statement(object={"objectType": "StatementRef", "id": about_it}))
    (bens,) = lrs.post(a_statement(actor={"name": "Ben", "mbox": "mailto:ben@example.com"}))
    mine = {"agent": json.dumps(HOME), "activityId": "http://example.com/a", "stateId": "s"}
    for content, condition in (
        (b"her state", {"If-None-Match": "*"}),
        (b"her newer state", {"If-Match": "*"}),
    ):
        lrs.http.put("/activities/state", params=mine, content=content, headers=condition).raise_for_status()
    return {"together": together, "about": about_it, "of that": of_that, "bens": bens, "hers": hers["id"]}


NEEDLES = [
    b"mira", SECRET, b"her newer state",
    COOP["mbox"].encode(), HOME["account"]["name"].encode(),
]  # fmt: skip


def test_no_byte_of_her_is_left_in_the_database(database: Database, year: dict[str, Any]):
    assert all(any(each in row for row in year["rows"]) for each in NEEDLES)  # they were there
    left = rows(database, year["tenant"])
    assert [(each, row) for each in NEEDLES for row in left if each in row] == []


def rows(database: Database, tenant: str) -> list[bytes]:
    """Every row of every table of the tenant, all in lower case."""
    schema = sql.schema(tenant).strip('"')
    everything: list[bytes] = []
    with database.connection() as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]
        ).fetchall()
        for (table,) in tables:
            found_ = connection.execute(SQL("SELECT * FROM {}").format(Identifier(schema, table)))
            for row in found_:
                values = [each if isinstance(each, bytes) else str(each).encode() for each in row]
                everything.append(table.encode() + b": " + b" ".join(values).lower())
    return everything


def test_everything_is_what_the_log_says(database: Database, year: dict[str, Any]):
    assert verifying.verify(database, year["tenant"], progress=quietly)[0] is None


def test_projections_are_what_a_new_build_would_be(database: Database, server_url: str):
    tenant = f"t{uuid4().hex[:12]}"
    tenants.create(database, tenant)
    office.open_the_year(database, tenant)
    with Client(server_url, *a_key(database, tenant)) as lrs:
        further(lrs)
        store(database, tenant, said())
    build_all(database, tenant)
    with database.connection() as connection:
        subject = plan.of_learner(EventLog(database, tenant), connection, office.MIRA)
    erase(database, tenant, subject)
    for each in found.projections():
        assert digest.verify(database, tenant, each, progress=quietly) == [], each.name


def test_what_an_auditor_has_taken_away_holds(year: dict[str, Any]):
    assert "Holds." in verified(year, year["folder"] / "before.zip")


def test_a_new_checkpoint_goes_on_from_the_old_one(database: Database, year: dict[str, Any], tmp_path: Path):
    trail, tenant = year["trail"], year["tenant"]
    trail.sign(tenant)
    with database.connection() as connection:
        newest = checkpoints.all_of(connection, tenant)[-1]
    assert newest.size > year["before"].size
    bundle.write(trail.views, tenant, Slice(1, newest.size), newest, tmp_path / "after.zip", lambda _: None)
    assert "erased or withheld" in verified(year, tmp_path / "after.zip", year["folder"] / "checkpoint")


def verified(year: dict[str, Any], file: Path, *earlier: Path) -> str:
    """What the auditors' own program says of it."""
    known = [part for each in earlier for part in ("--checkpoint", each)]
    key = year["trail"].key(year["tenant"])["verifier"]
    run = [sys.executable, VERIFY, file, "--key", key, *known]
    return subprocess.run(run, capture_output=True, check=True, text=True).stdout


def test_whoever_asks_for_her_is_told_that_she_was_erased(database: Database, year: dict[str, Any]):
    for path in ("transcript", "competencies", "frontier", "identifiers"):
        with pytest.raises(Gone, match=r"was erased on .* by order of GDPR 17: her parents asked for it"):
            ask(database, year["tenant"], f"/learners/{office.MIRA}/{path}")
    assert ask(database, year["tenant"], f"/learners/{office.INES_SANTOS}/transcript")


def test_the_log_says_who_and_why(database: Database, year: dict[str, Any]):
    events = [each for each in EventLog(database, year["tenant"]).read() if each.topic.endswith("-erased")]
    *statements, learner = [json.loads(each.state) for each in events]
    assert {each["by"] for each in [*statements, learner]} == {"the head"}
    assert (learner["learner"], learner["authority"]) == (office.MIRA, ORDER.authority)
    assert set(learner["positions"]) >= {each["position"] for each in statements}
    assert len(statements) > 100


def test_the_history_says_who_and_why(database: Database, year: dict[str, Any]):
    said_ = ask(database, year["tenant"], f"/audit/history?learner={office.MIRA}")["entries"]
    (erased,) = [each for each in said_ if each["topic"] == "learner-erased"]
    assert (ORDER.reason in erased["what"], erased["by"]) == (True, ORDER.by)


def test_her_id_cannot_be_used_again(database: Database, year: dict[str, Any]):
    with pytest.raises(Conflict, match="cannot be used again"):
        learners.register(database, year["tenant"], office.MIRA, {"name": "Mira"}, by="x")


def test_an_erased_statement_is_gone_and_its_id_taken(year: dict[str, Any]):
    lrs, hers = year["lrs"], year["ids"]["hers"]
    gone = lrs.http.get("/statements", params={"statementId": hers})
    assert (gone.status_code, "was erased" in gone.json()["error"]) == (404, True)
    again = lrs.http.post("/statements", json=a_statement(id=hers))
    assert (again.status_code, "erased" in again.json()["faults"][0]["rule"]) == (409, True)
    batch = [a_statement(), a_statement(id=hers)]
    assert lrs.http.post("/statements", json=batch).status_code == 409
    put = lrs.http.put("/statements", params={"statementId": hers}, json=a_statement(id=hers))
    assert put.status_code == 409


def test_what_others_said_stands(year: dict[str, Any]):
    lrs, ids = year["lrs"], year["ids"]
    for name in ("about", "of that", "bens"):
        assert lrs.get(ids[name])
    found_ = {each["id"] for each in lrs.find(limit=500)}
    assert not found_ & {ids["hers"], ids["together"]}
    assert lrs.find(agent=json.dumps(COOP), related_agents="true") == []
    (new,) = lrs.post(a_statement(object={"objectType": "StatementRef", "id": ids["together"]}))
    assert lrs.get(new)
    assert lrs.http.get("/agents", params={"agent": json.dumps(COOP)}).json().get("name", []) == []
    assert lrs.http.get("/agents", params={"agent": '{"mbox":"mailto:ben@example.com"}'}).json()["name"] == [
        "Ben"
    ]


def test_the_feed_tells_that_something_is_withheld(year: dict[str, Any]):
    lrs = year["lrs"]
    base = str(lrs.http.base_url).removesuffix("/xapi/")
    page = (
        httpx.get(f"{base}/log", params={"limit": 200}, auth=(lrs.key, lrs.secret)).raise_for_status().json()
    )
    withheld = [each for each in page["events"] if each["data"] is None]
    assert withheld
    assert {each["withheld"] for each in withheld} == {"erased"}
    assert all(each["data"] for each in page["events"] if "withheld" not in each)
