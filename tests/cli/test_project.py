"""`lrs serve` keeps the projections up to date in a process of its own, and `lrs project` does so alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from psycopg.conninfo import make_conninfo

from lrs.auth import tenants
from lrs.database import embedded, migrate
from lrs.database.pool import Database
from tests.cli import terminal
from tests.cli.terminal import Serving, rows
from tests.client import Client, a_statement
from tests.projections.engine.conftest import eventually

ROOT = Path(__file__).parents[2]
BOOTSTRAP = {"bootstrap_key": "first", "bootstrap_secret": "a secret of its own"}


@pytest.fixture
def tally(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A projection that is installed beside the store, for all its programs."""
    info = tmp_path / "tally-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tally\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[lrs.projections]\ntally = benchmarks.ledger:LEDGER\n"  # a row for each statement
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))


@pytest.fixture
def ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A projection that ends the program it is in."""
    info = tmp_path / "ending-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ending\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[lrs.projections]\nending = ending:ENDING\n")
    (tmp_path / "ending.py").write_text(
        "from dataclasses import replace\nfrom benchmarks.ledger import LEDGER\n"
        "ENDING = replace(LEDGER, name='ending', fold=lambda _: exit(7))\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))


def behind(data_dir: Path) -> tuple[int, int]:
    """Where the projection is, and how many events it has not taken in."""
    told = rows(terminal.said("projections", "status", "--data-dir", data_dir))
    found = [each for each in told if each["projection"] == "ledger" and each["state"] == "read"]
    return (int(found[0]["position"]), int(found[0]["behind"])) if found else (0, 1)


def projecting(server: Serving) -> list[psutil.Process]:
    """The process beside the only one that answers."""
    children = psutil.Process(server.process.pid).children()
    return [each for each in children if "multiprocessing.spawn" in " ".join(each.cmdline())]


def test_it_projects_beside_the_server_and_goes_on_when_that_process_dies(data_dir: Path, tally: None):
    with Serving("--data-dir", data_dir, project="true", **BOOTSTRAP) as server:
        with Client(server.url, *BOOTSTRAP.values()) as platform:
            platform.post([a_statement() for _ in range(10)])
            eventually(lambda: behind(data_dir) == (11, 0), 30)
            (first,) = projecting(server)
            first.kill()
            platform.post([a_statement() for _ in range(10)])
            eventually(lambda: behind(data_dir) == (21, 0), 30)
            eventually(lambda: len(projecting(server)) == 1)
            (second,) = projecting(server)
            assert second != first
        server.process.terminate()
        said = server.end()
    assert server.process.returncode == 0
    assert "Traceback" not in said
    assert not second.is_running()


def test_it_ends_with_a_server_that_is_killed(data_dir: Path, tally: None):
    with Serving("--data-dir", data_dir, project="true", **BOOTSTRAP) as server:
        eventually(lambda: len(projecting(server)) == 1)
        (process,) = projecting(server)
        server.process.kill()
        eventually(lambda: not process.is_running())


def test_it_does_not_project_where_another_program_shall(data_dir: Path, tally: None):
    with (
        Serving("--data-dir", data_dir, project="false", **BOOTSTRAP) as server,
        Client(server.url, *BOOTSTRAP.values()) as platform,
    ):
        platform.post(a_statement())
        time.sleep(2)
        assert projecting(server) == []
        assert behind(data_dir) == (0, 1)
        command = [terminal.LRS, "project", "--data-dir", str(data_dir)]
        alone = subprocess.Popen(command, env=terminal.environment(), stderr=subprocess.PIPE, text=True)
        eventually(lambda: behind(data_dir) == (2, 0), 30)
        alone.send_signal(signal.SIGTERM)
        _, said = alone.communicate(timeout=20)
        assert alone.returncode == 0
        told, _, names = said.splitlines()[0].partition(": ")
        assert told == "Projecting"
        assert {"catalogue", "ledger", "transcript"} <= set(re.findall(r"\w+", names))


def test_it_fails_where_it_ends_without_being_asked_to(data_dir: Path, ending: None):
    statement = json.dumps(a_statement()).encode()
    terminal.said("import", "-", "--data-dir", data_dir, stdin=statement)
    done = terminal.lrs("project", "--data-dir", data_dir)
    assert done.returncode == 1
    assert b"the runner died" in done.stderr


def test_a_role_without_rights_is_told_who_makes_its_tables(data_dir: Path, place: Path, tally: None):
    """What the owner makes, the role may fill."""
    with embedded.running(data_dir) as url:
        with Database(url) as database, database.connection() as connection:
            tenants.migrate_all(database)
            connection.execute(b"CREATE ROLE runtime LOGIN")
            migrate.grant(connection, tenants.DEFAULT, "runtime")
            tenants.create(database, "school")
        limited = make_conninfo(url, user="runtime")
        with Serving("--database-url", limited, project="true") as server:
            server.process.terminate()
            told = server.end()
            assert "run `lrs migrate --grant-to ROLE` as their owner" in told
            (names,) = re.findall(r"Not projected for tenant default: ([a-z0-9_, ]*)", told)
            assert {"catalogue", "ledger", "transcript"} <= set(re.findall(r"\w+", names))
            assert "Not projected for tenant school: everything" in told
        terminal.said("migrate", "--database-url", url, "--grant-to", "runtime")
        with Serving("--database-url", limited, project="true", **BOOTSTRAP) as server:
            with Client(server.url, *BOOTSTRAP.values()) as platform:
                platform.post(a_statement())
            eventually(lambda: behind(data_dir) == (2, 0), 30)
            terminal.said("projections", "rebuild", "ledger", "--database-url", url)
            with Client(server.url, *BOOTSTRAP.values()) as platform:
                platform.post(a_statement())
            eventually(lambda: behind(data_dir) == (3, 0), 30)
            server.process.terminate()
            assert "Not projected" not in server.end()
