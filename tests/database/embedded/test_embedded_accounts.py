"""It works as root and as anybody; root borrows an account and opens no door by force."""

from __future__ import annotations

import os
import pwd
import shutil
import site
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lrs.database.embedded import running
from lrs.errors import OperatorError
from tests.database.embedded.guests import (
    REPOSITORY,
    keeper_of,
    postmaster_of,
    processes,
    remember,
    remembered,
)

IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root borrows an account")


def test_anybody_can_run_it(place, guest):
    """As a normal user: ourselves, or as root a child that gave up being root."""
    home = place / "home"
    home.mkdir()
    command = guest(home / "lrs-data", **_as_a_normal_user(home))
    remember(command.url, "mine")
    uid = home.stat().st_uid
    assert uid != 0
    for process in (postmaster_of(home / "lrs-data"), keeper_of(home / "lrs-data")):
        assert process.uids().real == uid
    assert all(path.lstat().st_uid == uid for path in home.rglob("*"))
    assert stat.S_IMODE((home / "lrs-data").stat().st_mode) == 0o700
    command.leave()
    assert not processes(place)


@as_root
def test_the_folder_of_another_user_is_refused_with_a_sentence(place, data_dir, guest):
    command = guest(data_dir, **_as_a_normal_user(place / "home"))
    with pytest.raises(
        AssertionError, match=r"OperatorError: .*Run this command as the user to whom it belongs"
    ):
        _ = command.url


@as_root
def test_root_runs_a_database_of_a_user_as_that_user(place, guest):
    home = place / "home"
    home.mkdir()
    command = guest(home / "lrs-data", **_as_a_normal_user(home))
    remember(command.url, "mine")
    with running(home / "lrs-data") as url:
        assert remembered(url) == {"mine"}
        command.leave()
        assert processes(place)
    assert not processes(place)
    with running(home / "lrs-data") as url:
        assert postmaster_of(home / "lrs-data").uids().real == home.stat().st_uid
    postgres = home / "lrs-data/postgres"
    assert all(path.lstat().st_uid == home.stat().st_uid for path in postgres.rglob("*"))


@as_root
def test_root_gives_away_one_folder_only(new_dir):
    with running(new_dir):
        server, keeper = postmaster_of(new_dir), keeper_of(new_dir)
        for process in (server, keeper):
            assert 0 not in {*process.uids(), *process.gids()}
        assert 0 not in _groups(server.pid)
    given = {path for path in new_dir.rglob("*") if path.lstat().st_uid != 0}
    assert given == {new_dir / "postgres", *(new_dir / "postgres").rglob("*")}


@as_root
def test_root_can_choose_the_account_and_then_keeps_it(new_dir):
    with running(new_dir, user="nobody"):
        assert postmaster_of(new_dir).username() == "nobody"
    with running(new_dir):
        assert postmaster_of(new_dir).username() == "nobody"
    with pytest.raises(OperatorError, match="belongs to the user nobody"), running(new_dir, user="daemon"):
        pass
    with (
        pytest.raises(OperatorError, match="no unprivileged user"),
        running(new_dir.parent / "x", user="no-one"),
    ):
        pass


@as_root
@pytest.mark.parametrize("closed_now", [True, False])
def test_a_folder_out_of_reach_is_refused_and_no_door_is_opened(place, new_dir, closed_now):
    private = place / "private"
    (private / "deep").mkdir(mode=0o755, parents=True)
    if not closed_now:
        with running(private / "deep/lrs-data"):
            pass
    private.chmod(0o700)
    before = _doors(place)
    with pytest.raises(OperatorError) as caught, running(private / "deep/lrs-data"):
        pass
    assert f"cannot enter {private}" in str(caught.value)
    assert f"chmod o+x {private}`" in str(caught.value)
    assert _doors(place) == before


@as_root
def test_programs_out_of_reach_are_refused(place, new_dir):
    programs = place / "private"
    programs.mkdir(mode=0o700)
    (programs / "postgres").touch(mode=0o755)
    with (
        pytest.raises(OperatorError, match="cannot reach its programs"),
        running(new_dir, postgres_bin=programs),
    ):
        pass


@as_root
def test_a_strict_umask_does_not_lock_the_server_out(new_dir):
    old = os.umask(0o077)
    try:
        with running(new_dir) as url:
            remember(url, "inside")
    finally:
        os.umask(old)


def _as_a_normal_user(home: Path) -> dict[str, Any]:
    """How to start a process that is not root: give it the folder, and a Python that it can reach."""
    if not IS_ROOT:
        return {}
    nobody = pwd.getpwnam("nobody")
    home.mkdir(exist_ok=True)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [
        sys.executable,
        getattr(sys, "_base_executable", ""),
        shutil.which(version, path="/usr/bin:/usr/local/bin"),
    ]
    path = ":".join([str(REPOSITORY), *site.getsitepackages()])
    options = {
        "env": {**os.environ, "PYTHONPATH": path, "HOME": str(home)},
        "cwd": "/",
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
    }
    python = next((each for each in filter(None, candidates) if _runs(each, "", options)), None)
    if python is None:
        pytest.skip(f"nobody can reach no {version}")
    if not _runs(python, "import lrs.database.embedded", options):
        pytest.skip(f"the user nobody cannot read {REPOSITORY} or what is installed for it")
    return {"python": python, **options}


def _runs(python: str, program: str, options: dict[str, Any]) -> bool:
    try:
        done = subprocess.run([python, "-c", program], check=False, capture_output=True, **options)
    except OSError:
        return False
    return done.returncode == 0


def _doors(place: Path) -> dict[Path, tuple[int, int, int]]:
    return {
        path: (path.lstat().st_mode, path.lstat().st_uid, path.lstat().st_gid)
        for path in [*place.parents, place, *place.rglob("*")]
    }


def _groups(pid: int) -> set[int]:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("Groups:"))
    return {int(group) for group in line.split()[1:]}
