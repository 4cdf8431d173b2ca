"""One command is enough on a fresh machine: the wheel works alone, and the Makefile brings what it needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from tests.cli import terminal

ROOT = Path(__file__).parents[2]


def make(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *words], cwd=folder, capture_output=True, text=True, check=False)


def test_every_dependency_is_pinned_and_no_host_is_named():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+]+", line)] == []
    pinned = {_normal(name): version for name, version in (line.split("==") for line in lines)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    misfits = [each for each in wanted if not _fits(Requirement(each), pinned)]
    assert misfits == []


def _fits(wanted: Requirement, pinned: dict[str, str]) -> bool:
    return wanted.specifier.contains(pinned.get(_normal(wanted.name), "0"))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_make_tells_what_can_be_made():
    done = make()
    assert done.returncode == 0
    for target in ("demo", "test", "test-all", "check", "bench", "format", "clean"):
        assert f"make {target} " in done.stdout


@pytest.mark.parametrize(
    "target", ["demo", "test", "test-all", "check", "bench", "format", "clean", "install"]
)
def test_every_target_can_be_planned_on_a_bare_machine(target, tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    planned = make("--dry-run", target, folder=tmp_path)
    assert planned.returncode == 0, planned.stderr
    assert "-m venv" in planned.stdout or target == "clean"
    if target in ("test", "test-all"):
        steps = ["ruff format --check", "ruff check", "mypy", "lint-imports", "bin/pytest"]
        places = [planned.stdout.index(step) for step in steps]
        assert places == sorted(places)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root borrows another user")
def test_root_installs_where_the_user_of_the_database_gets(place):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    (closed / "Makefile").write_text((ROOT / "Makefile").read_text())
    (place / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "constraints.txt"):
        (closed / name).touch()
        (place / name).touch()
    assert "/var/cache/lrs-" in make("--dry-run", "demo", folder=closed).stdout
    assert " .venv/bin/" in make("--dry-run", "demo", folder=place).stdout.replace("\n", " ")


def test_what_has_to_pass_is_make_test_alone():
    script = (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert [line for line in script.splitlines() if "make" in line and not line.startswith("#")] == [
        "exec make test </dev/null"
    ]


@pytest.mark.long
def test_the_wheel_alone_gives_a_working_command(place):
    venv.create(place / "venv", with_pip=True)
    pip = [str(place / "venv/bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(place), str(ROOT)], check=True, cwd=place)
    (wheel,) = place.glob("learning_record_store-*.whl")
    subprocess.run([*pip, "install", "-c", str(ROOT / "constraints.txt"), str(wheel)], check=True, cwd=place)
    command = [str(place / "venv/bin/lrs"), "serve", "--port", "0", "--data-dir", str(place / "lrs-data")]
    own = terminal.environment() | {"HOME": "/nonexistent"}
    with subprocess.Popen(command, cwd=place, env=own, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            url = server.stdout.readline().removeprefix("xAPI at ").strip()
            assert httpx.get(f"{url}/about").json()["version"]
        finally:
            server.terminate()
    assert server.returncode == 0
    assert sys.prefix not in (place / "venv/bin/lrs").read_text()
