"""`lrs import` stores what a file has, once, and says what it could not."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from lrs.log.event_log import EventLog
from tests.cli import terminal
from tests.client import a_statement
from tests.conftest import SHARED_DATA
from tests.multiparts import MULTIPART, a_body, a_part, sha2_of
from tests.xapi.test_signature import ATTACHMENT, signed

REAL = SHARED_DATA / "statements" / "ralph_funmooc_video_22000.jsonl.gz"


def json_lines(*statements: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in statements)


def counts(said: str) -> dict[str, int]:
    stored, already_there, rejected = said.split(" (", maxsplit=1)[0].split(", ")
    return {
        "stored": int(stored.split()[0]),
        "already there": int(already_there.split()[0]),
        "rejected": int(rejected.split()[0]),
    }


@pytest.fixture
def bring(said, tenant):
    """Import from standard input into the test's tenant; the counts."""
    return lambda content, *options: counts(said("import", "-", "--tenant", tenant, *options, stdin=content))


@pytest.fixture
def fail(complaint, tenant):
    """Import from standard input into the test's tenant in vain; the sentence."""
    return lambda content, *options: complaint("import", "-", "--tenant", tenant, *options, stdin=content)


def test_what_is_imported_is_found(bring, lrs):
    statement = a_statement(result={"score": {"raw": 1.10}})
    assert bring(json_lines(statement)) == {"stored": 1, "already there": 0, "rejected": 0}
    found = lrs.get(statement["id"])
    assert {name: found[name] for name in statement} == statement


def test_numbers_stay_as_they_were_written(bring, lrs):
    statement = a_statement(result={"extensions": {"http://example.com/x": "NUMBER"}})
    bring(json_lines(statement).replace(b'"NUMBER"', b"1.10000000000000000000001"))
    answer = lrs.http.get("/statements", params={"statementId": statement["id"]})
    assert "1.10000000000000000000001" in answer.text


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_importing_twice_stores_once(bring, lrs, compress):
    content = compress(json_lines(*[a_statement() for _ in range(1200)]))
    assert bring(content) == {"stored": 1200, "already there": 0, "rejected": 0}
    assert bring(content) == {"stored": 0, "already there": 1200, "rejected": 0}
    assert len(lrs.find()) == 1200


def test_a_statement_without_an_id_gets_the_same_one_each_time(bring, lrs):
    statement = a_statement()
    del statement["id"]
    for _ in range(2):
        bring(json_lines(statement))
    (found,) = lrs.find()
    assert UUID(found["id"]).version == 4


def test_the_same_statement_twice_in_a_file_is_stored_once(bring, lrs):
    statement = a_statement()
    assert bring(json_lines(statement, a_statement(), statement)) == {
        "stored": 2,
        "already there": 1,
        "rejected": 0,
    }
    assert len(lrs.find()) == 2


def test_a_bad_line_ends_it_with_number_and_reason_and_what_came_before_is_stored(fail, bring, lrs):
    content = json_lines(a_statement(), {"actor": 1}, a_statement())
    sentence = fail(content)
    assert "line 2" in sentence
    assert "/verb" in sentence
    assert "--rejects" in sentence
    assert len(lrs.find()) == 1


def test_bad_lines_can_be_set_aside_and_repaired(bring, lrs, tmp_path):
    good, torn, invalid = a_statement(), b'{"actor":\n', a_statement(verb={"id": "no IRI"})
    rejects = tmp_path / "bad.jsonl"
    content = json_lines(good) + torn + json_lines(invalid)
    assert bring(content, "--rejects", rejects) == {"stored": 1, "already there": 0, "rejected": 2}
    first, second = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert (first["line"], first["text"]) == (2, '{"actor":')
    assert "/verb/id" in second["reason"]
    repaired = json.loads(second["text"]) | {"verb": {"id": "http://example.com/did"}}
    assert bring(json_lines(repaired))["stored"] == 1
    assert len(lrs.find()) == 2


def test_a_contradiction_of_what_is_stored_is_the_fault_of_its_line_alone(bring, lrs, tmp_path):
    stored = a_statement()
    lrs.post(stored)
    contradiction = a_statement(id=stored["id"], object={"id": "http://example.com/another"})
    around = [a_statement() for _ in range(700)]
    content = json_lines(*around[:300], contradiction, stored, *around[300:])
    rejects = tmp_path / "bad.jsonl"
    assert bring(content, "--rejects", rejects) == {"stored": 700, "already there": 1, "rejected": 1}
    (reject,) = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert reject["line"] == 301
    assert "other content" in reject["reason"]
    assert lrs.get(stored["id"])["object"] == stored["object"]


def test_a_contradiction_inside_the_file_is_one_too(bring, tmp_path):
    one = a_statement()
    other = a_statement(id=one["id"], object={"id": "http://example.com/another"})
    found = bring(json_lines(one, other), "--rejects", tmp_path / "bad.jsonl")
    assert found == {"stored": 1, "already there": 0, "rejected": 1}


def test_an_array_is_counted_by_its_elements(fail):
    assert "element 2" in fail(json.dumps([a_statement(), {}]).encode())


def test_each_version_is_checked_by_its_own_rules(bring, tmp_path):
    new = {"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:a@example.com"}}]}
    old_time = {"timestamp": "20260102T030405Z"}  # ISO 8601, but not RFC 3339
    good = [
        a_statement(context=new),
        a_statement(context=new, version="2.0.0"),
        a_statement(version="1.0.1", **old_time),
        a_statement(**old_time),
    ]
    bad = [a_statement(context=new, version="1.0.3"), a_statement(version="2.0.0", **old_time)]
    found = bring(json_lines(*good, *bad), "--rejects", tmp_path / "bad.jsonl")
    assert found == {"stored": 4, "already there": 0, "rejected": 2}
    asked = bring(
        json_lines(a_statement(context=new)), "--version", "1.0.3", "--rejects", tmp_path / "bad.jsonl"
    )
    assert asked["rejected"] == 1


def test_the_store_says_whose_word_it_is(bring, lrs):
    mine = {"name": "The archive", "mbox": "mailto:archive@example.org"}
    forged = a_statement(authority={"mbox": "mailto:somebody@example.org"}, stored="2001-01-01T00:00:00Z")
    bring(json_lines(forged), "--authority", json.dumps(mine))
    found = lrs.get(forged["id"])
    assert found["authority"] == mine
    assert found["stored"] > "2020"
    other = a_statement()
    bring(json_lines(other))
    assert lrs.get(other["id"])["authority"]["account"]["name"] == "import"


def test_an_attachment_needs_an_address_or_content_that_is_there(bring, fail):
    attachment = {
        "usageType": "http://example.com/usage",
        "display": {"en": "A picture"},
        "contentType": "image/png",
        "length": 4,
        "sha2": "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a",
    }
    assert "/attachments/0/sha2" in fail(json_lines(a_statement(attachments=[attachment])))
    somewhere = attachment | {"fileUrl": "https://example.com/picture.png"}
    assert bring(json_lines(a_statement(attachments=[somewhere])))["stored"] == 1


def test_a_signature_whose_content_is_there_is_checked(bring, fail, lrs):
    claim = a_statement()
    content = signed(claim)
    attachment = ATTACHMENT | {"length": len(content), "sha2": sha2_of(content)}
    genuine = claim | {"attachments": [attachment]}
    assert "/attachments/0/sha2" in fail(json_lines(genuine))  # its content is nowhere
    body = a_body(json.dumps(genuine).encode(), a_part(content))
    assert lrs.http.post("/statements", content=body, headers=MULTIPART).status_code == 200
    forged = genuine | {"id": str(uuid4())}
    assert "/attachments/0: the payload of the signature must say the same" in fail(json_lines(forged))
    # As it is exported: the store has added the time at which it was stored.
    assert bring(json_lines(lrs.get(claim["id"]))) == {"stored": 0, "already there": 1, "rejected": 0}
    later = lrs.get(claim["id"]) | {"timestamp": "2026-01-01T00:00:00Z"}
    assert "/attachments/0: the payload of the signature must say the same" in fail(json_lines(later))


def test_voiding_and_references_work_as_if_they_had_been_sent(bring, lrs):
    target = a_statement()
    voiding = a_statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": target["id"]},
    )
    bring(json_lines(target, voiding))
    assert [each["id"] for each in lrs.find()] == [voiding["id"]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["import", "/no/such/file.jsonl"], "No such file"),
        (["import", "/"], "directory"),
        (["import", "-", "--tenant", "nobody"], "lrs tenants create"),
        (["import", "-", "--authority", "{"], "not JSON"),
        (["import", "-", "--authority", '{"name":"x"}'], "looks like"),
        (["import", "-", "--rejects", "/no/such/folder/x"], "cannot be written"),
    ],
)
def test_what_a_person_got_wrong_is_said_in_a_sentence(complaint, words, expected):
    assert expected in complaint(*words)


def test_the_rejects_never_overwrite_what_is_read(complaint, tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_bytes(json_lines({}))
    assert "another file" in complaint("import", file, "--rejects", file)
    assert file.read_bytes() == json_lines({})


def test_several_files_are_imported_in_turn(said, tenant, lrs, tmp_path):
    files = [tmp_path / name for name in ("a.jsonl", "b.json")]
    statements = [a_statement(), a_statement()]
    files[0].write_bytes(json_lines(statements[0]))
    files[1].write_text(json.dumps([statements[1]]))
    assert counts(said("import", *files, "--tenant", tenant))["stored"] == 2
    assert [each["id"] for each in lrs.find(ascending="true")] == [each["id"] for each in statements]


def test_references_too_heavy_for_one_append_come_in_by_several(bring, lrs):
    other = [{"id": f"http://example.com/activities/{number}"} for number in range(1000)]
    target = a_statement(context={"contextActivities": {"other": other}})
    to_it = {"objectType": "StatementRef", "id": target["id"]}
    referring = [a_statement(object=to_it) for _ in range(400)]
    assert bring(json_lines(target, *referring)) == {"stored": 401, "already there": 0, "rejected": 0}
    about = {"activity": other[7]["id"], "related_activities": "true", "limit": "500"}
    assert len(lrs.find(**about)) == 401


@pytest.mark.skipif(not REAL.exists(), reason="the real statements are not here")
def test_real_statements_come_in_once_and_as_they_were(said, tenant):
    assert counts(said("import", REAL, "--tenant", tenant))["stored"] == 22_000
    assert counts(said("import", REAL, "--tenant", tenant))["already there"] == 22_000
    with gzip.open(REAL) as file:
        lines = file.read().splitlines()
    exported = said("export", "--tenant", tenant).encode().splitlines()
    for sent, kept in zip(lines, exported, strict=True):
        assert kept.startswith(sent.rstrip(b"}"))


@pytest.mark.long
@pytest.mark.skipif(not REAL.exists(), reason="the real statements are not here")
def test_real_statements_come_in_fast(data_dir):
    terminal.said("migrate", "--data-dir", data_dir)
    began = time.monotonic()
    terminal.said("import", REAL, "--data-dir", data_dir)
    assert time.monotonic() - began < 10


def test_new_ids_never_collide_with_each_other(bring, lrs):
    without_ids = [a_statement(context={"registration": str(uuid4())}) for _ in range(50)]
    for each in without_ids:
        del each["id"]
    bring(json_lines(*without_ids))
    assert len({each["id"] for each in lrs.find()}) == 50


def test_progress_is_for_people_only(said, tenant):
    done = said("import", "-", "--tenant", tenant, stdin=json_lines(a_statement()))
    assert done.count("\n") == 1


def test_an_interrupted_import_goes_on_where_it_was(database, database_url, tenant, said, tmp_path):
    file = tmp_path / "many.jsonl"
    file.write_bytes(json_lines(*[a_statement() for _ in range(20_000)]))
    command = [terminal.LRS, "import", str(file), "--tenant", tenant, "--database-url", database_url]
    with subprocess.Popen(
        command, env=terminal.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        while not EventLog(database, tenant).head().position and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert b"Traceback" not in err
    stored = counts(out.decode())["stored"] if out else 0
    rest = counts(said("import", file, "--tenant", tenant))
    assert rest == {"stored": 20_000 - stored, "already there": stored, "rejected": 0}
