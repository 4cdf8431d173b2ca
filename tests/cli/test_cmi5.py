"""`lrs cmi5` imports courses from their packages."""

from __future__ import annotations

from lrs.cmi5 import nodes
from tests.cli.terminal import facts
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
