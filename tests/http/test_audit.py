"""What auditors are given over HTTP: checkpoints, keys, proofs, tiles and entries, and nothing to others."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from uuid import uuid4

import httpx
import pytest

from lrs.auth.scopes import SCOPES
from projections.audit import merkle, note
from tests.client import Client, a_statement
from tests.conftest import a_key, serving
from tests.projections.audit.conftest import Story

READS = {"all", "all/read", "registrar", "log/read", "audit/read"}
READS_ENTRIES = {"all", "all/read", "log/read"}


@pytest.fixture(scope="module")
def server_url(settings, database):
    named = {"public_url": "https://lrs.example/school", "wait_seconds": 1}
    with serving(settings.model_copy(update=named)) as url:
        yield url


@pytest.fixture
def story(database, tenant):
    return Story(database, tenant)


@pytest.fixture
def http(server_url, database, tenant):
    """Who may read the audit trail and nothing else."""
    auth = a_key(database, tenant, "audit/read")
    with httpx.Client(base_url=server_url, auth=auth, timeout=20) as http:
        yield http


def faults(answer):
    assert answer.status_code == 400, answer.text
    return {each["pointer"]: each["rule"] for each in answer.json()["faults"]}


def unpacked(proof):
    return [base64.b64decode(each) for each in proof["path"]]


def test_a_checkpoint_is_signed_on_demand_and_kept(lrs, http, story, tenant):
    assert http.get("/audit/checkpoint").status_code == 404
    lrs.post([a_statement() for _ in range(5)])
    story.follow()
    made = http.post("/audit/checkpoint")
    assert (made.status_code, made.headers["content-type"]) == (201, "text/plain; charset=utf-8")
    key = http.get("/audit/key").json()
    signed = note.checkpoint(note.opened(made.content, key["verifier"]))
    assert (signed.origin, signed.size) == (f"lrs.example/school/{tenant}", story.log.head().position)
    assert key["origin"] == signed.origin
    assert "BEGIN PUBLIC KEY" in key["pem"]
    assert http.post("/audit/checkpoint").content == made.content
    lrs.post(a_statement())
    story.follow()
    newer = http.post("/audit/checkpoint").content
    assert http.get("/audit/checkpoint").content == newer == http.get("/audit/tiles/checkpoint").content
    assert http.get("/audit/checkpoint", params={"size": signed.size}).content == made.content
    listed = http.get("/audit/checkpoints").json()["checkpoints"]
    assert [each["note"].encode() for each in listed] == [newer, made.content]
    older = http.get("/audit/checkpoints", params={"before": listed[0]["size"], "limit": 1}).json()
    assert [each["size"] for each in older["checkpoints"]] == [signed.size]


def test_a_checkpoint_covers_what_was_stored_before_or_is_refused(lrs, http, story):
    lrs.post(a_statement())
    assert http.post("/audit/checkpoint").status_code == 503
    story.follow()
    assert http.post("/audit/checkpoint").status_code == 201


def test_statements_are_proven_together_and_against_any_checkpoint(lrs, http, story):
    statements = [a_statement() for _ in range(9)]
    lrs.post(statements)
    size = story.follow()
    wanted = [statements[at]["id"] for at in (8, 0, 3)]
    proven = http.get("/audit/proof/inclusion", params={"statement": ",".join(wanted)}).json()
    assert [each["statement"] for each in proven["proofs"]] == wanted
    assert proven["size"] == size
    for each in proven["proofs"]:
        assert includes(each, proven)
    smaller = http.get("/audit/proof/inclusion", params={"position": "1,4", "size": 4}).json()
    assert [each["index"] for each in smaller["proofs"]] == [0, 3]
    assert all(includes(each, smaller) for each in smaller["proofs"])


def includes(proof, proven):
    leaf, root = base64.b64decode(proof["leaf"]), base64.b64decode(proven["root"])
    return merkle.includes(leaf, proof["index"], proven["size"], unpacked(proof), root)


def test_an_entry_hashes_to_the_leaf_of_its_proof(lrs, http, story, database, tenant, server_url):
    statement = a_statement()
    lrs.post(statement)
    story.follow()
    auth = a_key(database, tenant, "log/read")
    answer = httpx.get(f"{server_url}/audit/entries", auth=auth)
    entries = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["X-LRS-Position"] == str(len(entries))
    (entry,) = [each for each in entries if each["id"] == statement["id"]]
    row = "".join(f"{entry[name]}\n" for name in ("position", "id", "version", "topic", "stored"))
    leaf = sha256(b"\0" + base64.b64decode(entry["salt"]) + (row + entry["state"]).encode()).digest()
    proof = http.get("/audit/proof/inclusion", params={"statement": statement["id"]}).json()["proofs"][0]
    assert base64.b64decode(proof["leaf"]) == leaf
    # The digest of a key's secret leaves the store for nobody: its leaf stands for it.
    issued = [each for each in entries if each["topic"] == "key-issued"]
    assert {each["withheld"] for each in issued} == {"secret"}
    assert not any("state" in each or "salt" in each for each in issued)
    one = httpx.get(f"{server_url}/audit/entries?after=1&limit=1", auth=auth)
    assert [json.loads(line)["position"] for line in one.text.splitlines()] == [2]


def test_one_size_is_proven_to_begin_another(lrs, http, story):
    lrs.post([a_statement() for _ in range(6)])
    size = story.follow()
    for first in range(1, size + 1):
        proven = http.get("/audit/proof/consistency", params={"first": first, "second": size}).json()
        roots = [base64.b64decode(proven[name]) for name in ("first_root", "second_root")]
        assert merkle.continues(first, size, *roots, unpacked(proven))
    assert http.get("/audit/proof/consistency", params={"first": 0}).json()["path"] == []


def test_a_fork_is_found_by_the_consistency_proof(http, story):
    """Two stores that went on from one backup: what the one signed, the other cannot continue."""
    story.tell(8)
    size = story.follow()
    signed = note.checkpoint(note.opened(http.post("/audit/checkpoint").content, verifier(http)))
    story.change('UPDATE {t}.log SET state = \'{"n":"other"}\' WHERE notification_id = 5')
    other = Story(story.database, story.tenant)
    other.change("DELETE FROM {t}.projection")
    other.change("DROP TABLE {t}.audit_v1_hash")
    other.tell(4, seed=1)
    assert other.follow() == size + 4
    # It neither proves that it goes on from there, nor signs anything more with this key.
    asked = {"first": signed.size, "second": size + 4}
    proven = http.get("/audit/proof/consistency", params=asked).json()
    new = base64.b64decode(proven["second_root"])
    assert not merkle.continues(signed.size, size + 4, signed.root, new, unpacked(proven))
    refused = http.post("/audit/checkpoint")
    assert refused.status_code == 500
    assert f"does not go on from the checkpoint of size {size}" in refused.json()["error"]


def verifier(http):
    return http.get("/audit/key").json()["verifier"]


def test_tiles_are_where_tlog_tiles_has_them(http, story):
    story.tell(300)
    size = story.follow()
    full = http.get("/audit/tiles/tile/0/000")
    assert (len(full.content), full.headers["content-type"]) == (256 * 32, "application/octet-stream")
    assert "immutable" in full.headers["cache-control"]
    rest = http.get(f"/audit/tiles/tile/0/001.p/{size - 256}").content
    hashes = [(full.content + rest)[at : at + 32] for at in range(0, size * 32, 32)]
    assert http.get("/audit/tiles/tile/1/000.p/1").content == merkle.root(hashes[:256])
    root = http.get("/audit/proof/consistency", params={"first": 1, "second": size}).json()["second_root"]
    assert base64.b64decode(root) == merkle.root(hashes)
    for path in ("0/001", "0/x001/000", "1/000", "2/000.p/1", f"0/001.p/{size - 255}", "entries/000"):
        assert http.get(f"/audit/tiles/tile/{path}").status_code == 404, path
    for path in (
        "0",
        "0/0",
        "0/1",
        "8/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/999",
        "-1/000",
        "0/x00a/000",
        "0/000/",
    ):
        assert http.get(f"/audit/tiles/tile/{path}").status_code == 400, path


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/audit/proof/inclusion", "statement"),
        ("/audit/proof/inclusion?statement=7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11&position=1", "statement"),
        ("/audit/proof/inclusion?statement=x", "statement"),
        ("/audit/proof/inclusion?statement=" + ",".join(["x"] * 501), "statement"),
        ("/audit/proof/inclusion?position=0", "position"),
        ("/audit/proof/inclusion?position=1,", "position"),
        ("/audit/proof/inclusion?position=5", "position"),
        ("/audit/proof/inclusion?position=3&size=2", "position"),
        ("/audit/proof/inclusion?position=1&size=5", "size"),
        ("/audit/proof/inclusion?position=1&size=-1", "size"),
        ("/audit/proof/inclusion?position=%D9%A1", "position"),
        ("/audit/proof/inclusion?position=" + "9" * 40, "position"),
        ("/audit/proof/consistency", "first"),
        ("/audit/proof/consistency?first=3&second=2", "first"),
        ("/audit/proof/consistency?first=1&second=99", "second"),
        ("/audit/proof/consistency?first=a", "first"),
        ("/audit/checkpoint?size=a", "size"),
        ("/audit/checkpoints?before=0", "before"),
        ("/audit/checkpoints?limit=0", "limit"),
        ("/audit/key?x=1", "x"),
    ],
)
def test_what_cannot_be_proven_is_told_by_its_name(http, story, path, named):
    story.tell(3)
    story.follow()
    assert named in faults(http.get(path))


def test_a_statement_that_is_not_there_is_named(http, story):
    ids = story.tell(3)
    story.follow()
    asked = http.get("/audit/proof/inclusion", params={"statement": f"{ids[0]},{(unknown := uuid4())}"})
    assert (asked.status_code, str(unknown) in asked.json()["error"]) == (404, True)
    # The third statement is not yet in a log of three: the key came first.
    assert http.get("/audit/proof/inclusion", params={"statement": str(ids[2]), "size": 3}).status_code == 404


def test_nothing_is_proven_of_an_empty_log(server_url, database, tenant):
    """The key of a tenant is an event, so only before the tree has it the tree is empty."""
    auth = a_key(database, tenant, "audit/read")
    assert httpx.get(f"{server_url}/audit/proof/inclusion?position=1", auth=auth).status_code == 503


def test_each_needs_a_scope(server_url, database, tenant, story):
    story.tell(1)
    ids = {scope: a_key(database, tenant, scope) for scope in SCOPES}
    story.follow()
    asked = [
        ("GET", "/audit/key", READS),
        ("POST", "/audit/checkpoint", READS),
        ("GET", "/audit/checkpoint", READS),
        ("GET", "/audit/checkpoints", READS),
        ("GET", "/audit/tiles/tile/0/000.p/1", READS),
        ("GET", "/audit/proof/inclusion?position=1", READS),
        ("GET", "/audit/proof/consistency?first=1", READS),
        ("GET", "/audit/entries", READS_ENTRIES),
    ]
    for scope, auth in ids.items():
        with httpx.Client(base_url=server_url, auth=auth) as http:
            for method, path, allowed in asked:
                answer = http.request(method, path)
                assert answer.status_code == (answer.status_code if scope in allowed else 403), (scope, path)
                assert (answer.status_code < 300) == (scope in allowed), (scope, path, answer.text)
    assert httpx.get(f"{server_url}/audit/key").status_code == 401


def test_another_tenant_has_another_trail(http, story, server_url, database):
    from lrs.auth import tenants

    story.tell(2)
    story.follow()
    tenants.create(database, name := f"t{uuid4().hex[:12]}")
    with Client(server_url, *a_key(database, name)) as stranger:
        theirs = stranger.http.get(f"{server_url}/audit/key").json()
    ours = http.get("/audit/key").json()
    assert ours["verifier"].split("+")[1:] != theirs["verifier"].split("+")[1:]
    assert theirs["origin"].endswith(name)
