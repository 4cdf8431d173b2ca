"""A transcript goes out with what proves it; who has nothing of ours but the key sees whether it holds."""

from __future__ import annotations

import copy
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import jsonschema
import pytest

from demo import office
from lrs.auth import tenants
from lrs.cli.asking import ask
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.log.event_log import EventLog
from lrs.registrar import transcripts
from projections import found
from projections.audit.trail import Trail
from projections.transcript.proof import SCHEMA
from projections.view import Views
from tests.conftest import a_key
from tests.projections import test_year
from tests.tampered import build

AUDITORS = Path(__file__).parents[3] / "docs" / "auditors"
PATH = f"/learners/{office.MIRA}/transcript"
ISSUE = str(uuid4())

Json = dict[str, Any]


class Year(NamedTuple):
    """A tenant with the year, signed, of which a transcript went out in the middle."""

    tenant: str
    trail: Trail
    issued: int


@pytest.fixture(scope="module")
def year(database: Database) -> Year:
    tenants.create(database, tenant := f"t{uuid4().hex[:12]}")
    trail = Trail(Views(database, found.projections()), "https://lrs.example")
    (*_,) = test_year.stages(database, tenant)
    build(database, tenant)
    trail.sign(tenant)
    said = ask(database, tenant, PATH)
    transcripts.issue(
        database,
        tenant,
        ISSUE,
        learner=office.MIRA,
        position=said["position"],
        sha256=said["sha256"],
        by="office",
    )
    build(database, tenant)
    trail.sign(tenant)
    return Year(tenant, trail, said["position"])


@pytest.fixture(scope="module")
def proof(year: Year, database: Database) -> Json:
    return ask(database, year.tenant, f"{PATH}/issues/{ISSUE}/proofs")


def verified(proof: Json, folder: Path, key: str, *, code: int = 0) -> str:
    """What the program says, which is started without anything of ours."""
    (folder / "transcript.json").write_text(json.dumps(proof))
    command = [
        sys.executable,
        "-E",
        "-s",
        "verify_transcript.py",
        str(folder / "transcript.json"),
        "--key",
        key,
    ]
    done = subprocess.run(command, cwd=AUDITORS, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def verify() -> Any:
    """The program as a module, for those who check many."""
    sys.path.insert(0, str(AUDITORS))
    try:
        spec = importlib.util.spec_from_file_location("verify_transcript", AUDITORS / "verify_transcript.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(AUDITORS))


def test_it_shares_no_code_with_the_store():
    lines = AUDITORS.joinpath("verify_transcript.py").read_text().splitlines()
    imported = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import", "from"))}
    assert imported <= {*sys.stdlib_module_names, "verify"}


def test_what_went_out_holds(year: Year, proof: Json, tmp_path: Path):
    key = year.trail.key(year.tenant)["verifier"]
    said = verified(proof, tmp_path, key)
    assert said.startswith(f"Holds. lrs.example/{year.tenant}: ")
    assert f"{len(proof['entries'])} events" in said
    assert said.endswith(f"it went out as {ISSUE}\n")
    topics = {each["entry"]["topic"] for each in proof["entries"]}
    assert topics == {"statement-stored", "registrar-decided", "transcript-issued"}
    jsonschema.validate(proof, SCHEMA)


def test_the_transcript_is_the_one_of_that_moment(year: Year, proof: Json, database: Database):
    then = ask(database, year.tenant, PATH, as_of=year.issued)
    assert proof["transcript"] == then | {"issued": []}


def test_one_that_did_not_go_out_holds_also_as_of_before(year: Year, database: Database, tmp_path: Path):
    key = year.trail.key(year.tenant)["verifier"]
    for as_of in (None, year.issued // 2):
        proof = ask(database, year.tenant, f"{PATH}/proofs", as_of=as_of)
        assert verified(proof, tmp_path, key).endswith("nothing says that it went out\n")


def test_whatever_was_changed_is_told(year: Year, proof: Json, tmp_path: Path, verify: Any):
    key = verify.Key(year.trail.key(year.tenant)["verifier"])
    number = next(
        n for n, each in enumerate(proof["entries"]) if each["entry"]["topic"] == "statement-stored"
    )

    def told(change: Any) -> str:
        changed = copy.deepcopy(proof)
        change(changed)
        with pytest.raises((verify.DoesNotHold, LookupError, ValueError)) as raised:
            verify.check(changed, key, [])
        return str(raised.value)

    def better(changed: Json) -> None:
        changed["transcript"]["lines"][0]["grade"] = "A+"

    def sealed(changed: Json) -> None:
        better(changed)
        changed["transcript"]["sha256"] = verify.fingerprint(changed["transcript"])

    def state(changed: Json) -> None:
        entry = changed["entries"][number]["entry"]
        entry["state"] = entry["state"].replace("2", "3", 1)

    def elsewhere(changed: Json) -> None:
        changed["entries"][number]["entry"]["position"] += 1

    def lacking(changed: Json) -> None:
        del changed["entries"][number]

    def earlier(changed: Json) -> None:
        changed["transcript"]["position"] = 1

    assert "says something else than what its hash is of" in told(better)
    assert "was another transcript" in told(sealed)
    assert "is not what was signed" in told(state)
    assert "is not what was signed" in told(elsewhere)
    assert "nothing proves" in told(lacking)
    assert "nothing proves" in told(earlier)
    better(changed := copy.deepcopy(proof))
    assert "Does not hold" in verified(changed, tmp_path, year.trail.key(year.tenant)["verifier"], code=1)


def test_what_nobody_has_signed_yet_is_not_proven(year: Year, database: Database, tenant: str):
    test_year.office.open_the_year(database, tenant)
    build(database, tenant)
    with pytest.raises(NotFound, match="is not signed yet"):
        ask(database, tenant, f"{PATH}/proofs")
    with pytest.raises(NotFound, match="No transcript"):
        ask(database, year.tenant, f"{PATH}/issues/{uuid4()}/proofs")


def test_statements_are_in_it_so_it_needs_more_than_reading(year: Year, server_url: str, database: Database):
    url = f"{server_url}{PATH}/proofs"
    for scope, status in (("transcripts/read", 403), ("registrar", 200)):
        assert httpx.get(url, auth=a_key(database, year.tenant, scope)).status_code == status
    assert EventLog(database, year.tenant).head().position > year.issued
