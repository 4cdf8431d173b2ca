"""`lrs frameworks` imports CFPackages, with prerequisites where there are some, and lists what there is."""

from __future__ import annotations

import json

import pytest

from lrs.cli import frameworks
from lrs.errors import OperatorError
from lrs.log.event_log import EventLog
from lrs.settings import Settings
from tests.case.packages import FRAMEWORK, a_package
from tests.cli.terminal import lrs, rows

OTHER = "d0000000-0000-4000-8000-000000000000"
TITLE = "What one can do"


@pytest.fixture
def file(tmp_path):
    """Write a file; its path."""

    def write(name, content) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return str(path)

    return write


def test_frameworks_are_imported_once_and_listed(said, file, tenant):
    one, other = file("one.json", a_package("A B")), file("other.json", a_package("A", framework=OTHER))
    changes = rows(said("frameworks", "import", one, other, "--tenant", tenant))
    assert [(each["framework"], each["title"], each["change"]) for each in changes] == [
        (FRAMEWORK, TITLE, "new"),
        (OTHER, TITLE, "new"),
    ]
    assert said("frameworks", "import", one, other, "--tenant", tenant) == ""
    listed = rows(said("frameworks", "list", "--tenant", tenant))
    assert [(each["framework"], each["items"], each["version"]) for each in listed] == [
        (FRAMEWORK, "2", "1"),
        (OTHER, "1", "2"),
    ]


def test_prerequisites_come_in_with_their_framework(said, file, tenant, database, database_url):
    package, edges = file("p.json", a_package("A B")), file("e.csv", "\ufeffbefore,after\nA,B\nB,A\n")
    words = ["frameworks", "import", package, "--prerequisites", edges, "--tenant", tenant]
    assert len(rows(said(*words, "--dry-run"))) == 1
    assert list(EventLog(database, tenant).read()) == []
    done = lrs(*words, database_url=database_url)
    assert "A, B precede each other in a circle" in done.stderr.decode()
    assert "1 frameworks imported, up to position 1." in done.stderr.decode()
    assert said(*words) == ""


def test_what_is_wrong_is_told_and_nothing_comes_in(complaint, said, file, tenant):
    good, bad = file("good.json", a_package("A")), file("bad.json", a_package("A", CFItems=[{}] * 99))
    told = complaint("frameworks", "import", good, bad, "--tenant", tenant)
    assert "bad.json is not imported, and nothing has changed" in told
    assert "/CFItems/0/identifier: is missing: A CFItem needs it" in told
    assert told.splitlines()[-1] == "  and 247 more"
    assert rows(said("frameworks", "list", "--tenant", tenant)) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"a": "\xe9"}', "not UTF-8"),
        (b'{"a": ', "not JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[" * 100 + b"]" * 100, "nested more than 64 deep"),
        (b" " * 16 * 2**20 + b"{}", "LRS_MAX_DOCUMENT"),
        (b"[]", "must be a CFPackage"),
    ],
    ids=["latin", "broken", "repeated", "deep", "large", "other"],
)
def test_files_that_cannot_be_read_are_told(tmp_path, content, problem):
    path = tmp_path / "package.json"
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=problem):
        frameworks.checked(path, None, Settings())


def test_prerequisites_that_do_not_fit_are_told(file, tmp_path):
    package, edges = tmp_path / "p.json", tmp_path / "e.csv"
    file("p.json", a_package("A B"))
    file("e.csv", "before,after\nA,X\n")
    with pytest.raises(OperatorError, match=r"e\.csv is not imported[^:]*:\n  line 2: 'X' names 0 items"):
        frameworks.checked(package, edges, Settings())
    with pytest.raises(OperatorError, match="No such file"):
        frameworks.checked(package, tmp_path / "none.csv", Settings())
    assert len(frameworks.checked(package, None, Settings()).package["CFItems"]) == 2
