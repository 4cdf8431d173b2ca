"""`lrs audit` verifies, signs, proves and bundles; who shares no code with the store can check all that."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from lrs.auth import tenants
from lrs.errors import BadRequest
from projections.audit import bundle, checkpoints
from projections.audit.bundle import Slice
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.projections.audit.conftest import Story
from tests.tampered import Tamperer, a_school, build

VERIFY = Path(__file__).parents[2] / "docs" / "auditors" / "verify.py"
FLIPS = 250


@pytest.fixture(scope="module")
def school(server_url, database):
    """A tenant with something of everything, signed twice."""
    tenants.create(database, name := f"t{uuid4().hex[:12]}")
    with Client(server_url, *a_key(database, name)) as lrs:
        trail = a_school(lrs, database, name, others=60)
    return Story(database, name), trail


@pytest.fixture(scope="module")
def bundles(school, tmp_path_factory):
    """The whole log, and a slice of it, with the key and an older checkpoint beside them."""
    story, trail = school
    folder = tmp_path_factory.mktemp("bundles")
    with story.database.connection() as connection:
        older, newest = checkpoints.all_of(connection, story.tenant)
    for name, taken in (("whole", Slice(1, newest.size)), ("slice", Slice(10, 40))):
        bundle.write(trail.views, story.tenant, taken, newest, folder / f"{name}.zip", lambda _: None)
    (folder / "older").write_bytes(older.note)
    (folder / "key").write_text(trail.key(story.tenant)["verifier"])
    (folder / "key.pem").write_text(trail.key(story.tenant)["pem"])
    return folder


@pytest.fixture(scope="module")
def verifier():
    """The file itself as a module, for those who check hundreds of bundles."""
    spec = importlib.util.spec_from_file_location("verify", VERIFY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verified(*words, code=0):
    """What the file says as a program of its own, without anything of ours."""
    command = [sys.executable, "-I", str(VERIFY), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_it_shares_no_code_with_the_store():
    text = VERIFY.read_text()
    imported = {
        line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import", "from"))
    }
    assert imported <= {*sys.stdlib_module_names, "cryptography"}


@pytest.mark.parametrize("name", ["whole", "slice"])
def test_a_bundle_holds(bundles, name):
    said = verified(bundles / f"{name}.zip", "--key", bundles / "key", "--checkpoint", bundles / "older")
    assert said.startswith("Holds. lrs.example/t")
    assert "goes on from 1 earlier checkpoints" in said
    assert verified(bundles / f"{name}.zip", "--key", bundles / "key.pem").startswith("Holds.")
    assert "Warning: the key came with what it is to prove" in verified(bundles / f"{name}.zip")


def test_another_key_is_told(bundles, school):
    stranger = checkpoints.Signer("lrs.example/other", bytes(32)).verifier
    assert "not signed with this key" in verified(bundles / "whole.zip", "--key", stranger, code=1)


def test_a_checkpoint_of_another_history_is_told(bundles, school, tmp_path):
    """Whoever kept a checkpoint of before learns that what it was made of is gone."""
    story, _ = school
    with story.database.connection() as connection:
        older = checkpoints.all_of(connection, story.tenant)[0]
        signer = checkpoints.signer(connection, story.tenant)
    forged = checkpoints.Checkpoint(signer.name, older.size, bytes(32))
    (tmp_path / "kept").write_bytes(signer.sign(forged.text))
    for name in ("whole", "slice"):
        said = verified(
            bundles / f"{name}.zip", "--key", bundles / "key", "--checkpoint", tmp_path / "kept", code=1
        )
        assert "contradict each other" in said
    forged = checkpoints.Checkpoint(signer.name, older.size - 1, bytes(32))
    (tmp_path / "kept").write_bytes(signer.sign(forged.text))
    said = verified(
        bundles / "slice.zip", "--key", bundles / "key", "--checkpoint", tmp_path / "kept", code=1
    )
    assert "nothing proves that the log" in said
    said = verified(
        bundles / "whole.zip", "--key", bundles / "key", "--checkpoint", tmp_path / "kept", code=1
    )
    assert f"does not begin as the checkpoint of size {older.size - 1} says" in said


@pytest.mark.parametrize("name", ["whole", "slice"])
def test_a_changed_byte_of_a_bundle_is_found(bundles, verifier, tmp_path, name):
    """Also by somebody who makes the manifest fit again: then it is the proof that does not hold."""
    chance = random.Random(3)  # noqa: S311
    key = verifier.Key(str(bundles / "key"))
    for _ in range(FLIPS):
        changed, what = rewritten(bundles / f"{name}.zip", tmp_path / "changed.zip", chance)
        try:
            verifier.check_bundle(changed, key, [])
        except (verifier.DoesNotHold, ValueError, LookupError, TypeError, AttributeError):
            continue
        pytest.fail(f"{what} was changed, and nobody noticed")


def rewritten(source, target, chance):
    """The bundle with a byte changed in a file, and a manifest that has its new digest."""
    with zipfile.ZipFile(source) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in ("log.jsonl", "inclusion.jsonl", "checkpoint.txt") if name in contents]
    name = chance.choices(names, weights=[len(names), *[1] * (len(names) - 1)])[0]
    at = chance.randrange(len(contents[name]) - 4)
    old = contents[name]
    contents[name] = old[:at] + bytes([old[at] ^ 1 << chance.randrange(7)]) + old[at + 1 :]
    manifest = json.loads(contents["manifest.json"])
    manifest["files"][name] = bundle.sha256(contents[name]).hexdigest()
    contents["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for each, content in contents.items():
            archive.writestr(each, content)
    return target, f"byte {at} of {name}, {old[at - 20 : at + 20]!r},"


def test_a_log_that_was_tampered_with_is_found_by_the_independent_verifier(
    school, bundles, verifier, tmp_path
):
    """Past the trigger, as a superuser can: the bundle that is made then does not hold."""
    story, trail = school
    tamperer = Tamperer(story.database, story.tenant, seed=11)
    key = verifier.Key(str(bundles / "key"))
    with story.database.connection() as connection:
        newest = checkpoints.all_of(connection, story.tenant)[-1]
    for number in range(40):
        column = ("state", "salt", "topic", "originator_id", "originator_version", "stored")[number % 6]
        flip = tamperer.flip("log", column)
        bundle.write(
            trail.views, story.tenant, Slice(1, newest.size), newest, tmp_path / "b.zip", lambda _: None
        )
        tamperer.restore(flip)
        # A key's digest is withheld, and so its leaf is made of what was changed; the root is not.
        with pytest.raises(verifier.DoesNotHold):
            verifier.check_bundle(tmp_path / "b.zip", key, [])


def test_a_damaged_file_is_told_in_a_sentence(bundles, tmp_path):
    for content in (b"", b"{}", b"PK\x03\x04", (bundles / "whole.zip").read_bytes()[:-50], b"\xff\n"):
        (tmp_path / "damaged").write_bytes(content)
        said = verified(tmp_path / "damaged", "--key", bundles / "key", code=1)
        assert said.startswith("Does not hold:")
    assert "Does not hold" in verified(tmp_path / "nowhere", code=1)


def test_equal_bundles_are_equal_files(school, bundles, tmp_path):
    story, trail = school
    with story.database.connection() as connection:
        newest = checkpoints.all_of(connection, story.tenant)[-1]
    again = tmp_path / "again.zip"
    bundle.write(trail.views, story.tenant, Slice(10, 40), newest, again, lambda _: None)
    assert again.read_bytes() == (bundles / "slice.zip").read_bytes()
    for taken in (Slice(0, 3), Slice(5, 4), Slice(1, newest.size + 1)):
        with pytest.raises(BadRequest):
            bundle.write(trail.views, story.tenant, taken, newest, again, lambda _: None)


def test_no_secret_of_a_key_is_in_a_bundle(school, bundles):
    with zipfile.ZipFile(bundles / "whole.zip") as archive:
        entries = [json.loads(line) for line in archive.read("log.jsonl").splitlines()]
    issued = [each for each in entries if each["topic"] == "key-issued"]
    assert issued
    assert all(each["withheld"] == "secret" and "state" not in each for each in issued)


def test_an_erased_entry_is_withheld_and_all_else_holds(database, tenant, verifier, tmp_path):
    story = Story(database, tenant)
    story.tell(6, topic="said")
    story.follow()
    signed = checkpoints.make(story.views, tenant, f"lrs.example/{tenant}")
    with story.views.open(tenant, ["audit"]) as view:
        leaf = checkpoints.Tree(view).leaf(2)
        key = checkpoints.signer(view.connection, tenant)
    story.erase(3, leaf)
    bundle.write(story.views, tenant, Slice(1, 6), signed, tmp_path / "b.zip", lambda _: None)
    said = verifier.check_bundle(tmp_path / "b.zip", verifier.Key(key.verifier), [])
    assert "positions 1 to 6 of 6, 1 of them erased or withheld" in said


@pytest.fixture
def audit(said, tenant):
    return lambda *words: said("audit", *words, "--tenant", tenant)


def test_a_person_verifies_signs_proves_and_bundles(lrs, audit, complaint, database, tenant, tmp_path):
    statements = [a_statement() for _ in range(3)]
    lrs.post(statements)
    assert "not built from the log yet" in complaint("audit", "verify", "--tenant", tenant)
    build(database, tenant)
    assert audit("verify", "--projections") == f"tenant {tenant}: 4 events, and everything is what they say\n"
    (tmp_path / "checkpoint").write_text(audit("checkpoint"))
    (tmp_path / "key.pem").write_text(audit("key", "--pem"))
    wanted = [each["id"] for each in statements[:2]]
    (tmp_path / "proof.json").write_text(audit("prove", *wanted))
    assert "2 events are in the log" in verified(tmp_path / "proof.json", "--key", tmp_path / "key.pem")
    lrs.post(a_statement())
    build(database, tenant)
    audit("bundle", tmp_path / "b.zip", "--from", "2", "--to", "2030-01-01T00:00:00Z")
    said = verified(
        tmp_path / "b.zip", "--key", tmp_path / "key.pem", "--checkpoint", tmp_path / "checkpoint"
    )
    assert "positions 2 to 5 of 5" in said
    assert list(tmp_path.glob("*.part")) == []
    wrong = complaint("audit", "bundle", tmp_path / "c.zip", "--from", "9", "--tenant", tenant)
    assert "positions from 1 to 5" in wrong


def test_what_was_changed_is_named_at_the_command_line(lrs, complaint, database, tenant):
    statement = a_statement()
    lrs.post(statement)
    build(database, tenant)
    checkpoints.make(Story(database, tenant).views, tenant, "lrs.example")
    Story(database, tenant).change(
        "UPDATE {t}.log SET state = overlay(state placing 'x' from 30) WHERE notification_id = 2"
    )
    said = complaint("audit", "verify", "--tenant", tenant)
    assert f"log, position 2 (statement {statement['id']})" in said


def test_entries_from_the_server_are_checked_against_a_checkpoint(lrs, server_url, bundles, school, tmp_path):
    story, _ = school
    auth = a_key(story.database, story.tenant, "log/read")
    (tmp_path / "log.jsonl").write_bytes(httpx.get(f"{server_url}/audit/entries", auth=auth).content)
    with zipfile.ZipFile(bundles / "whole.zip") as archive:
        (tmp_path / "newest").write_bytes(archive.read("checkpoint.txt"))
    kept = ["--checkpoint", tmp_path / "newest", "--checkpoint", bundles / "older"]
    assert "Holds." in verified(tmp_path / "log.jsonl", "--key", bundles / "key", *kept)
    text = (tmp_path / "log.jsonl").read_text().replace("Chapter 5", "Chapter 6")
    (tmp_path / "log.jsonl").write_text(text)
    assert "Does not hold" in verified(tmp_path / "log.jsonl", "--key", bundles / "key", *kept, code=1)
