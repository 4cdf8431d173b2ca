"""`lrs cmi5` imports courses from their packages, launches their units, and tells how far learners are."""

from __future__ import annotations

from lrs.cmi5 import nodes
from projections import found, rebuild
from tests.cli.terminal import facts, rows
from tests.cmi5.samples import COURSE, a_course, an_au


def test_a_course_is_imported(said, tmp_path, tenant):
    (tmp_path / "cmi5.xml").write_bytes(a_course(an_au("a"), an_au("b")))
    told = facts(said("cmi5", "import", tmp_path / "cmi5.xml", "--tenant", tenant))
    assert told == {"structure": nodes.structure_id(COURSE), "course": COURSE, "units": "2", "position": "1"}


def test_every_fault_is_told_with_its_line(complaint, tmp_path, tenant):
    (tmp_path / "cmi5.xml").write_bytes(a_course("\n", an_au(moveOn="x")))
    told = complaint("cmi5", "import", tmp_path / "cmi5.xml", "--tenant", tenant)
    assert "nothing has changed" in told
    assert "line 2, /courseStructure/au[1]/@moveOn: must be one of" in told
    assert "No such file" in complaint("cmi5", "import", tmp_path / "none.zip", "--tenant", tenant)


def test_a_unit_is_launched_and_its_registration_is_told(said, complaint, database, tmp_path, tenant):
    (tmp_path / "cmi5.xml").write_bytes(a_course(an_au(moveOn="Passed")))
    said("cmi5", "import", tmp_path / "cmi5.xml", "--tenant", tenant)
    mira = '{"account": {"homePage": "https://lms.example", "name": "mira"}}'
    wanted = ("cmi5", "launch", COURSE, f"{COURSE}/rocks", mira, "--tenant", tenant)
    told = facts(said(*wanted, public_url="https://lrs.example/"))
    assert told["url"].startswith(
        "https://content.example/rocks.html?endpoint=https%3A%2F%2Flrs.example%2Fxapi&"
    )
    assert f"%2Fcmi5%2Ffetch%2F{tenant}-" in told["url"]
    rebuild.rebuild(database, tenant, found.projection("cmi5"), progress=lambda *_: None)
    (unit,) = rows(said("cmi5", "status", told["registration"], "--tenant", tenant))
    assert unit == {"unit": f"{COURSE}/rocks", "move on": "Passed", "satisfied": ""}
    assert "/registration: must be a UUID" in complaint(*wanted, "--registration", "x")


def test_a_unit_is_waived(said, complaint, database, tmp_path, tenant):
    (tmp_path / "cmi5.xml").write_bytes(a_course(an_au(moveOn="Passed")))
    said("cmi5", "import", tmp_path / "cmi5.xml", "--tenant", tenant)
    mira = '{"account": {"homePage": "https://lms.example", "name": "mira"}}'
    wanted = ("cmi5", "waive", COURSE, f"{COURSE}/rocks", mira, "--tenant", tenant, "--reason")
    told = facts(said(*wanted, "Tested Out"))
    rebuild.rebuild(database, tenant, found.projection("cmi5"), progress=lambda *_: None)
    (unit,) = rows(said("cmi5", "status", told["registration"], "--tenant", tenant))
    assert unit["satisfied"] != ""
    assert "Nothing is waived:\n  /reason: must not be empty" in complaint(*wanted, "")
