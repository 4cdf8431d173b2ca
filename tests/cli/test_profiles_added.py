"""`lrs profiles add`, `policy`, `list` and `show` tell a store its profiles; `lrs import` keeps to them."""

from __future__ import annotations

import json

import pytest

from lrs.log.event_log import EventLog
from tests.cli.terminal import rows
from tests.profiling.samples import PROFILE, VERSION, confirmed, placed, referring, sports
from xapi_profiles import PUBLISHED


@pytest.fixture
def file(tmp_path):
    """Write a file; its path."""

    def write(name, content) -> str:
        path = tmp_path / name
        path.write_text(json.dumps(content), "utf-8")
        return str(path)

    return write


@pytest.fixture
def add(said, file, tenant):
    """Add a profile that rejects."""
    return lambda profile: said(
        "profiles", "add", file("p", profile), "--policy", "reject", "--tenant", tenant
    )


def test_profiles_are_added_once_listed_and_shown(said, file, tenant, database):
    words = ["profiles", "add", file("p.jsonld", sports()), "open-education", "--tenant", tenant]
    assert [(each["change"], each["position"]) for each in rows(said(*words))] == [("new", "1"), ("new", "2")]
    assert [each["change"] for each in rows(said(*words))] == ["none", "none"]
    (first, second) = rows(said("profiles", "list", "--tenant", tenant))
    assert (first["profile"], first["policy"], second["by"]) == (PROFILE, "annotate", "command line")
    assert json.loads(said("profiles", "show", PROFILE, "--tenant", tenant)) == sports()
    shown = said("profiles", "show", second["profile"], "--tenant", tenant)
    assert json.loads(shown) == json.loads(PUBLISHED["open-education"].read_text())
    assert len(list(EventLog(database, tenant).read())) == 2


def test_a_policy_is_adopted_once(said, file, tenant, database):
    said("profiles", "add", file("p.jsonld", sports()), "--tenant", tenant)
    for _ in range(2):
        said("profiles", "policy", PROFILE, "reject", "--tenant", tenant)
    assert [each["policy"] for each in rows(said("profiles", "list", "--tenant", tenant))] == ["reject"]
    assert len(list(EventLog(database, tenant).read())) == 2


def test_what_is_wrong_is_told_and_nothing_is_added(complaint, said, file, tenant, database):
    good, bad = file("good.jsonld", sports()), file("bad.jsonld", {**sports(), "id": 1, "templates": [{}]})
    told = complaint("profiles", "add", good, bad, "--tenant", tenant)
    assert bad in told
    assert "\n  /id: " in told
    assert "\n  /templates/0/" in told
    assert PROFILE in complaint("profiles", "policy", PROFILE, "reject", "--tenant", tenant)
    assert PROFILE in complaint("profiles", "show", PROFILE, "--tenant", tenant)
    assert "several" in complaint("profiles", "add", good, good, "--tenant", tenant)
    assert list(EventLog(database, tenant).read()) == []


def test_an_import_sets_aside_what_profiles_refuse(said, add, tenant, tmp_path):
    add(sports())
    good, bad = placed(1.0), placed()
    lines = "\n".join(map(json.dumps, (good, bad))).encode()
    rejects = tmp_path / "bad.jsonl"
    done = said("import", "-", "--rejects", str(rejects), "--tenant", tenant, stdin=lines)
    assert done.startswith("1 stored, 0 already there, 1 rejected")
    assert f"({VERSION} /templates/0/rules/0)" in json.loads(rejects.read_text())["reason"]


def test_a_line_may_refer_to_an_earlier_one(said, add, tenant, tmp_path):
    good, bad = placed(1.0), placed()
    said("import", "-", "--tenant", tenant, stdin=json.dumps(bad).encode())
    add(referring())
    lines = [good, confirmed(good["id"]), confirmed(bad["id"])]
    rejects = str(tmp_path / "bad.jsonl")
    text = "\n".join(map(json.dumps, lines)).encode()
    done = said("import", "-", "--rejects", rejects, "--tenant", tenant, stdin=text)
    assert done.startswith("2 stored, 0 already there, 1 rejected")
