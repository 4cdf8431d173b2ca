"""Whatever is killed: nothing acknowledged is lost, nothing is left running, and nobody has to repair."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from lrs.database.embedded import account, running, watch
from lrs.errors import OperatorError
from tests.database.embedded.guests import (
    ask,
    eventually,
    keeper_of,
    postmaster_of,
    processes,
    remember,
    remembered,
)


def test_a_killed_command_leaves_no_server_and_no_loss(data_dir, guest):
    command = guest()
    remember(command.url, "acknowledged")
    command.kill()
    eventually(lambda: not processes(data_dir))
    with running(data_dir) as url:
        assert remembered(url) == {"acknowledged"}


def test_a_killed_command_does_not_take_the_server_from_others(data_dir, guest):
    killed, other = guest(), guest()
    assert killed.url == other.url
    killed.kill()
    time.sleep(0.3)
    remember(other.url, "unharmed")
    other.leave()
    assert not processes(data_dir)


def test_an_orphaned_server_is_taken_over_and_stopped_at_the_end(data_dir, guest):
    command = guest()
    remember(command.url, "acknowledged")
    server = postmaster_of(data_dir)
    command.freeze()
    keeper_of(data_dir).kill()
    command.kill()
    time.sleep(0.3)
    assert server.is_running()
    with running(data_dir) as url:
        assert postmaster_of(data_dir) == server
        assert remembered(url) == {"acknowledged"}
    assert not processes(data_dir)


def test_the_last_one_stops_the_server_even_if_the_keeper_was_killed(data_dir):
    with running(data_dir):
        keeper = keeper_of(data_dir)
        keeper.kill()
        eventually(lambda: keeper not in processes(data_dir))
    assert not processes(data_dir)


def test_a_killed_server_comes_back_by_itself_at_the_same_url(data_dir):
    with running(data_dir) as url:
        remember(url, "acknowledged")
        for _ in range(2):
            server = postmaster_of(data_dir)
            server.kill()
            eventually(lambda gone=server: _answers(url) and postmaster_of(data_dir) != gone)
        assert remembered(url) == {"acknowledged"}
    assert not processes(data_dir)


def test_keeper_and_server_come_back_as_long_as_somebody_uses_them(data_dir):
    with running(data_dir) as url:
        for round in ("first", "second"):
            _kill_all(data_dir)
            eventually(lambda: _answers(url))
            remember(url, round)
        assert remembered(url) == {"first", "second"}
    assert not processes(data_dir)


def test_a_killed_keeper_is_followed_by_another_that_does_its_work(data_dir, guest):
    users = [guest() for _ in range(3)]
    (url,) = {each.url for each in users}
    server, keeper = postmaster_of(data_dir), keeper_of(data_dir)
    keeper.kill()
    eventually(lambda: [each for each in _keepers(data_dir) if each != keeper])
    assert postmaster_of(data_dir) == server
    server.kill()
    eventually(lambda: _answers(url))
    assert len(_keepers(data_dir)) == 1
    for each in users:
        each.leave()
    assert not processes(data_dir)


def test_the_crash_of_one_of_its_processes_does_not_end_the_server(data_dir):
    with running(data_dir) as url:
        remember(url, "acknowledged")
        killed = _kill_checkpointer(url)
        eventually(lambda: _checkpointer(url) not in (None, killed))
        assert remembered(url) == {"acknowledged"}


@pytest.mark.parametrize("delay", [0, 0.01, 0.05, 0.1, 0.2])
def test_a_stop_while_the_server_restarts_after_a_crash_ends(data_dir, delay):
    with running(data_dir) as url:
        remember(url, "acknowledged")
        _kill_checkpointer(url)
        time.sleep(delay)
    assert not processes(data_dir)
    with running(data_dir) as url:
        assert remembered(url) == {"acknowledged"}


def test_after_the_end_of_everything_the_next_start_recovers(data_dir, guest):
    command = guest()
    remember(command.url, "acknowledged")
    command.freeze()
    _kill_all(data_dir)
    command.kill()
    eventually(lambda: not processes(data_dir))
    with running(data_dir) as url:
        assert remembered(url) == {"acknowledged"}


def test_a_command_killed_during_its_first_start_leaves_nothing_half(new_dir, guest):
    for delay in (0.3, 0.45, 0.6):
        command = guest()
        time.sleep(delay)
        command.kill()
    with running(new_dir) as url:
        remember(url, "whole")
    assert [path.name for path in (new_dir / "postgres").glob("new-*")] == []
    assert not processes(new_dir)


def test_a_process_number_that_somebody_else_has_now_does_not_prevent_the_start(data_dir):
    with running(data_dir) as url:
        remember(url, "acknowledged")
        lines = (data_dir / "postgres/data/postmaster.pid").read_text().splitlines()
    other = _sleeper(data_dir)
    try:
        stale = "\n".join([str(other.pid), *lines[1:], ""])
        for name in ("data/postmaster.pid", "socket/.s.PGSQL.5432.lock"):
            path = data_dir / "postgres" / name
            path.parent.mkdir(exist_ok=True, mode=0o700)
            path.write_text(stale)
            _give(path.parent, data_dir)
            _give(path, data_dir)
        with running(data_dir) as url:
            assert remembered(url) == {"acknowledged"}
        assert other.poll() is None
    finally:
        other.kill()
        other.communicate()


def test_a_server_that_a_person_shut_down_stays_down_until_the_next_command(data_dir, guest):
    command = guest()
    remember(command.url, "acknowledged")
    server = postmaster_of(data_dir)
    server.send_signal(signal.SIGINT)
    eventually(lambda: not processes(data_dir))
    time.sleep(2 * watch.EVERY_SECONDS)
    assert not processes(data_dir)
    with running(data_dir) as url:
        assert remembered(url) == {"acknowledged"}
    assert command.leave().count("PostgreSQL has ended; the next command starts it again") == 1
    assert not processes(data_dir)


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(data_dir):
    settings = data_dir / "postgres/data/postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "max_connections = many\n")
    with pytest.raises(OperatorError, match=r"did not start.*many"), running(data_dir):
        pass
    eventually(lambda: not processes(data_dir))
    settings.write_text(good)
    with running(data_dir):
        pass


def test_a_long_recovery_is_awaited_and_told(data_dir, guest, monkeypatch):
    for pause in ("FIRST_WORD", "NEXT_WORD"):
        monkeypatch.setattr(f"lrs.database.embedded.cluster.{pause}", 0.1)
    command = guest()
    remember(command.url, "acknowledged")
    ask(command.url, _MUCH_TO_RECOVER)
    command.freeze()
    _kill_all(data_dir)
    command.kill()
    said: list[str] = []
    with running(data_dir, say=said.append) as url:
        assert "acknowledged" in remembered(url)
    assert any("recovering from a crash" in sentence for sentence in said)


_MUCH_TO_RECOVER = """
    WITH filled AS (INSERT INTO memory SELECT repeat('x', 1000) FROM generate_series(1, 120000) RETURNING 1),
         gone AS (SELECT count(*) FROM filled)
    SELECT count FROM gone"""


def _kill_checkpointer(url: str) -> int | None:
    pid = _checkpointer(url)
    psutil.Process(pid).kill()
    return pid


def _checkpointer(url: str) -> int | None:
    """Its process number, while the server lets us in."""
    with suppress(psycopg.OperationalError):
        return int(ask(url, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"))
    return None


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def _keepers(data_dir: Path) -> list[psutil.Process]:
    return [each for each in processes(data_dir) if "postgres" not in each.name()]


def _kill_all(data_dir: Path) -> None:
    for process in sorted(processes(data_dir), key=lambda one: one != keeper_of(data_dir)):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    eventually(lambda: not processes(data_dir))


def _sleeper(data_dir: Path) -> subprocess.Popen[str]:
    owner = account.choose(data_dir / "postgres", None)
    return subprocess.Popen(["/bin/sleep", "60"], text=True, user=owner.uid if owner.borrowed else None)


def _give(path: Path, data_dir: Path) -> None:
    owner = (data_dir / "postgres").stat()
    os.chown(path, owner.st_uid, owner.st_gid)
