"""`lrs catalogue` imports one file whole or not at all, and exports what it imports."""

from __future__ import annotations

import pytest
import yaml

from tests.cli.terminal import lrs, rows
from tests.registrar.samples import a_catalogue, a_course


@pytest.fixture
def file(tmp_path):
    """Write a catalogue; its path."""

    def write(catalogue) -> str:
        path = tmp_path / "catalogue.yaml"
        path.write_text(yaml.safe_dump(catalogue, sort_keys=False))
        return str(path)

    return write


def test_a_file_is_imported_once(said, file, tenant):
    path = file(a_catalogue())
    changes = rows(said("catalogue", "import", path, "--tenant", tenant))
    assert [(each["what"], each["id"], each["change"]) for each in changes] == [
        ("provider", "pathway", "new"),
        ("scale", "letters", "new"),
        ("course", "math-7", "new"),
        ("activity", "https://pathway.example/math-7", "new"),
        ("policy", "", "new"),
    ]
    assert said("catalogue", "import", path, "--tenant", tenant) == ""


def test_a_dry_run_shows_what_would_change(said, file, tenant):
    path = file(a_catalogue())
    assert len(rows(said("catalogue", "import", path, "--dry-run", "--tenant", tenant))) == 5
    assert said("catalogue", "export", "--tenant", tenant) == "{}\n"


def test_what_is_exported_changes_nothing_when_it_is_imported(said, file, tenant, tmp_path, database_url):
    said("catalogue", "import", file(a_catalogue()), "--tenant", tenant)
    said("catalogue", "export", "-o", tmp_path / "exported.yaml", "--tenant", tenant)
    exported = tmp_path / "exported.yaml"
    assert said("catalogue", "export", "--tenant", tenant) == exported.read_text()
    done = lrs("catalogue", "import", exported, "--tenant", tenant, "--database-url", database_url)
    assert (done.stdout, done.stderr.decode()) == (
        b"",
        "Nothing to change: the catalogue says this already.\n",
    )


def test_every_fault_is_told_with_its_line(complaint, said, tmp_path, tenant):
    path = tmp_path / "catalogue.yaml"
    path.write_text(
        yaml.safe_dump(a_catalogue(courses={"m": a_course(title=7, provider="x")}), sort_keys=False)
    )
    lines = path.read_text().splitlines()
    told = complaint("catalogue", "import", path, "--tenant", tenant)
    assert "/courses/m/title: must be text" in told
    assert f"line {1 + lines.index('    title: 7')}, /courses/m/title" in told
    assert "/activities/https:~1~1pathway.example~1math-7: there is no course math-7" in told
    assert said("catalogue", "export", "--tenant", tenant) == "{}\n"


def test_files_that_cannot_be_read_are_told(complaint, tmp_path, tenant):
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    (tmp_path / "broken.yaml").write_text("a: [")
    for name, problem in (
        ("none.yaml", "No such file"),
        ("latin.yaml", "not UTF-8"),
        ("broken.yaml", "line 1"),
    ):
        assert problem in complaint("catalogue", "import", tmp_path / name, "--tenant", tenant)
