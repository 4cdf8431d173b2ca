"""`lrs profiles check` counts statements by what profiles say of them, and tells what failed."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from demo.year import year
from lrs import cli
from tests.cli.terminal import LRS, environment, facts, lrs, rows

ADL = "http://adlnet.gov/expapi"
BASE = "https://w3id.org/open-education"
VERIFIED = "https://w3id.org/xapi/tla/verbs/verified"
REGISTRATION = "7ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1de"


def said(number: int, verb: str, **members: Any) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "actor": {"mbox": "mailto:mira@mail.example"},
        "verb": {"id": f"{ADL}/verbs/{verb}"},
        "object": {"id": "https://a.example/maths", "definition": {"type": f"{ADL}/activities/course"}},
        "context": {"registration": REGISTRATION},
        "timestamp": f"2026-01-{number:02}T10:00:00Z",
        **members,
    }


GOOD = [said(1, "registered"), said(2, "passed")]
BAD = [said(1, "passed", result={"success": False}), said(2, "launched")]


@pytest.fixture
def file(tmp_path: Path):
    """Write statements, one a line; the path."""

    def write(statements: list[Any], name: str = "statements.jsonl") -> Path:
        path = tmp_path / name
        text = "".join(json.dumps(each) + "\n" for each in statements).encode()
        path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
        return path

    return write


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command in this process, since another takes a second to start; its exit code and words."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["lrs", "profiles", "check", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


def test_valid_statements_are_counted_and_the_command_succeeds(checked, file):
    code, out, _ = checked("open-education", "--statements", file(GOOD))
    assert code == 0
    told = facts(out)
    assert (told["statements"], told["valid"], told["invalid"], told["unmatched"]) == ("2", "2", "0", "0")


def test_an_array_lines_gzip_and_standard_input_are_read_alike(checked, file, tmp_path):
    array = tmp_path / "array.json"
    array.write_text(json.dumps(GOOD))
    files = (file(GOOD), file(GOOD, "statements.jsonl.gz"), array)
    outputs = {checked("open-education", "-s", path)[1] for path in files}
    piped = lrs("profiles", "check", "open-education", "-s", "-", stdin=json.dumps(GOOD).encode())
    assert piped.returncode == 0
    assert outputs == {piped.stdout.decode()}


def test_what_failed_is_told_by_template_rule_and_pattern(checked, file):
    code, out, _ = checked("open-education", "--statements", file(BAD))
    assert code == 1
    told = facts(out)
    assert (told["valid"], told["invalid"], told["unmatched"]) == ("0", "1", "1")
    table = rows(out[out.index("what\t") :])
    (rule,) = [each for each in table if each["what"] == "rule"]
    assert rule == {
        "what": "rule",
        "id": "/templates/0/rules/0",
        "checked": "1",
        "failed": "1",
        "why": "$.result.success must have nothing but true",
        "first": BAD[0]["id"],
    }
    assert (table[0]["what"], table[0]["id"], table[0]["failed"]) == ("profile", f"{BASE}/v1", "1")
    (pattern,) = [each for each in table if each["what"] == "pattern"]
    assert (pattern["id"], pattern["checked"], pattern["failed"]) == (f"{BASE}/patterns#course", "1", "1")
    assert "it is invalid" in pattern["why"]


def test_people_see_names_that_fit_into_their_terminal(file):
    ours, theirs = pty.openpty()
    command = [LRS, "profiles", "check", "open-education", "-s", str(file(GOOD))]
    done = subprocess.run(command, env=environment() | {"COLUMNS": "110"}, stdout=theirs, check=False)
    os.close(theirs)
    printed = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert " templates#course-registered " in printed


def test_in_the_mode_any_one_template_is_enough(checked, file):
    bad = file(BAD)
    assert facts(checked("open-education", "-s", bad, "--mode", "spec")[1])["invalid"] == "1"
    assert facts(checked("open-education", "-s", bad, "--mode", "any")[1])["invalid"] == "0"


def test_a_registration_that_no_pattern_accepts_fails_the_command_too(checked, file):
    code, out, _ = checked("open-education", "-s", file([said(1, "passed")]))
    assert facts(out)["valid"] == "1"
    assert code == 1


def test_only_statements_that_name_the_profile_are_checked_where_that_is_asked_for(checked, file):
    declaring = {"contextActivities": {"category": [{"id": f"{BASE}/v1"}]}}
    statements = [BAD[0], said(3, "passed", context=declaring)]
    code, out, _ = checked("open-education", "-s", file(statements), "--declared")
    assert code == 0
    assert (facts(out)["valid"], facts(out)["unmatched"]) == ("1", "1")


def test_everything_that_was_counted_comes_as_json(checked, file):
    code, out, _ = checked("open-education", "-s", file(BAD), "--json")
    document = json.loads(out)
    assert code == 1
    assert (document["mode"], document["statements"], document["invalid"]) == ("spec", 2, 1)
    (profile,) = document["profiles"]
    assert profile["registrations"] == {"accepted": 0, "in progress": 0, "rejected": 1}
    assert {each["template"] for each in profile["templates"]} == {
        f"{BASE}/templates#passed",
        f"{BASE}/templates#course-passed",
    }


def test_a_statement_may_refer_to_one_that_comes_later(checked, file):
    def verified(target: str) -> dict[str, Any]:
        reference = {"objectType": "StatementRef", "id": target}
        return said(1, "", object=reference, context={}) | {"verb": {"id": VERIFIED}}

    claim, launch = said(2, "completed", context={}), said(3, "launched", context={})
    assert facts(checked("open-education", "-s", file([verified(claim["id"]), claim]))[1])["invalid"] == "0"
    assert facts(checked("open-education", "-s", file([verified(launch["id"]), launch]))[1])["invalid"] == "1"


def test_what_is_no_statement_is_told_with_its_line(checked, file, tmp_path):
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join([json.dumps(GOOD[0]), "{", json.dumps(said(2, "passed", actor={}))]))
    code, out, err = checked("open-education", "-s", path)
    assert code == 1
    assert (facts(out)["statements"], facts(out)["no statements"]) == ("1", "2")
    assert "line 2 is no statement: " in err
    assert "line 3 is no statement: /actor" in err


def test_without_statements_the_profiles_are_checked(checked, tmp_path):
    assert checked("open-education")[:2] == (0, "profile\tfault\n")
    path = tmp_path / "profile.jsonld"
    path.write_text(json.dumps(_a_profile(definition={"en": ""})))
    code, out, _ = checked(path)
    assert code == 1
    (fault,) = rows(out)
    assert fault["profile"] == "urn:x:p"
    assert fault["fault"].startswith("/definition/en: A value must not be")
    (told,) = json.loads(checked(path, "--json")[1])["profiles"]
    assert len(told["faults"]) == 1


def test_a_profile_that_cannot_be_used_is_told_with_every_fault(checked, tmp_path):
    path = tmp_path / "profile.jsonld"
    path.write_text(json.dumps(_a_profile(type="Pro", templates=[{"id": "urn:x:t"}])))
    code, out, err = checked(path, "-s", "-")
    assert (code, out) == (1, "")
    assert f"{path} is no profile that can be used:" in err
    assert "  /type: The type of a profile must be Profile. (Structure 6.0)" in err
    assert "  /templates/0/type: A Statement Template needs the property type. (Structure 8.0)" in err


def test_files_that_are_not_there_are_told(checked, tmp_path):
    assert "none.jsonld cannot be read: No such file" in checked(tmp_path / "none.jsonld")[2]
    missing = tmp_path / "none.jsonl"
    assert f"{missing}: No such file or directory." in checked("open-education", "-s", missing)[2]


def test_the_year_of_the_demo_is_checked_in_one_go(checked, file):
    statements = [each for said in year().values() for each in said]
    _, out, _ = checked("open-education", "-s", file(statements))
    told = facts(out)
    assert (told["statements"], told["valid"], told["invalid"], told["unmatched"]) == ("399", "389", "1", "9")


def _a_profile(**members: Any) -> dict[str, Any]:
    return {
        "id": "urn:x:p",
        "@context": "https://w3id.org/xapi/profiles/context",
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
        "prefLabel": {"en": "P"},
        "definition": {"en": "A profile."},
        "versions": [{"id": "urn:x:p1", "generatedAtTime": "2026-01-14T12:13:14Z"}],
        "author": {"type": "Person", "name": "P"},
        **members,
    }
