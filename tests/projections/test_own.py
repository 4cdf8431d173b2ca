"""The projection that docs/projections.md teaches is found, built and read when it is installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.terminal import LRS, environment
from tests.client import Client, a_statement

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```\w+\n(?:#|--) (\S+/?\S*\.\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADA = "mbox|mailto:ada@example.com"
# A number that no double can hold is one of JSON all the same.
VAST = (
    b'{"timestamp":"2026-03-04T20:00:00Z","actor":{"mbox":"mailto:ada@example.com"},'
    b'"verb":{"id":"http://example.com/read"},"object":{"id":"http://example.com/book"},'
    b'"result":{"extensions":{"http://example.com/pages":1e400}}}'
)
READ = """
import json, sys
from lrs.database.pool import Database
from projections import found
from projections.view import Views

url, tenant, as_of, ifi = sys.argv[1:]
(resource,) = [each for each in found.resources() if each.path == "/study-days"]
with Database(url) as database:
    views = Views(database, found.projections())
    with views.open(tenant, resource.projections, as_of=int(as_of)) as view:
        print(json.dumps(resource.read(view, {"ifi": ifi})))
"""


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of programs beside which the example is installed."""
    files = dict(BLOCK.findall((ROOT / "docs" / "projections.md").read_text()))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    project = tomllib.loads(files["pyproject.toml"])["project"]
    info = tmp_path / "study_days-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups))
    return environment() | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_is_found_built_and_read(
    installed: dict[str, str], lrs: Client, tenant: str, database_url: str
):
    for day in ("2026-03-02", "2026-03-01", "2026-03-02"):
        lrs.post(a_statement(timestamp=f"{day}T20:00:00Z"))
    lrs.post(a_statement(actor={"mbox": "mailto:bob@example.com"}, timestamp="2026-03-03T00:00:00Z"))
    lrs.http.post(
        "/statements", content=VAST, headers={"Content-Type": "application/json"}
    ).raise_for_status()
    where = ("--tenant", tenant, "--database-url", database_url)
    assert "study_days_v1 is read now, at position 6" in run(
        installed, LRS, "projections", "rebuild", "study_days", *where
    )
    assert "study_days is what the log says" in run(
        installed, LRS, "projections", "verify", "study_days", *where
    )
    headings, *rows = [
        line.split("\t") for line in run(installed, LRS, "projections", "status", *where).splitlines()
    ]
    (told,) = [each for row in rows if (each := dict(zip(headings, row, strict=True)))["behind"] == "0"]
    assert (told["projection"], told["state"], told["behind"]) == ("study_days", "read", "0")

    def read(as_of: int) -> list[str]:
        command = (sys.executable, "-c", READ, database_url, tenant, str(as_of), ADA)
        return json.loads(run(installed, *command))["days"]  # type: ignore[no-any-return]

    assert read(6) == ["2026-03-01", "2026-03-02", "2026-03-04"]
    assert read(5) == ["2026-03-01", "2026-03-02"]
    assert read(2) == ["2026-03-02"]


def test_it_is_about_fifty_lines():
    text = (ROOT / "docs" / "projections.md").read_text()
    lines = [line for _, block in BLOCK.findall(text) for line in block.splitlines() if line.strip()]
    assert len(lines) <= 55


def test_what_is_not_installed_is_named(database_url: str):
    done = subprocess.run(
        [LRS, "projections", "rebuild", "nothing", "--database-url", database_url],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "There is no projection 'nothing'; installed:" in done.stderr
