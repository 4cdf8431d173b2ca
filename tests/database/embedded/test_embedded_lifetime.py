"""The embedded database starts when the first command comes and stops when the last one goes."""

from __future__ import annotations

import os
import signal
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from lrs.database.embedded import running
from lrs.errors import OperatorError
from tests.database.embedded.guests import (
    ask,
    copied,
    eventually,
    keeper_of,
    postmaster_of,
    processes,
    remember,
    remembered,
)


def test_the_first_start_creates_everything_and_the_end_leaves_no_process(new_dir):
    with running(new_dir) as url:
        remember(url, "first")
        assert processes(new_dir)
    assert not processes(new_dir)
    assert not (new_dir / "postgres/data/postmaster.pid").exists()
    with running(new_dir) as url:
        assert remembered(url) == {"first"}


def test_a_start_says_when_it_creates_a_cluster_and_is_otherwise_silent(new_dir):
    first: list[str] = []
    second: list[str] = []
    with running(new_dir, say=first.append):
        pass
    with running(new_dir, say=second.append):
        pass
    assert (len(first), len(second)) == (1, 0)
    assert str(new_dir) in first[0]


def test_a_warm_start_is_quick(data_dir):
    def start() -> float:
        began = time.perf_counter()
        with running(data_dir):
            return time.perf_counter() - began

    start()
    # 0.08 s alone on 2 cores; generous for a machine that does other things too.
    assert min(start() for _ in range(3)) < 1


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("SHOW server_encoding", "UTF8"),
        ("SHOW data_checksums", "on"),
        ("SHOW fsync", "on"),
        ("SHOW synchronous_commit", "on"),
        ("SHOW full_page_writes", "on"),
        ("SHOW wal_level", "replica"),
        ("SHOW listen_addresses", ""),
        ("SHOW jit", "off"),
        ("SHOW max_connections", "100"),
        ("SHOW autovacuum_vacuum_insert_scale_factor", "0.02"),
        ("SHOW TimeZone", "UTC"),
        ("SELECT current_database()", "lrs"),
        ("SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b','B','a','ä']) x", "Babä"),
        ("SELECT lower('Ä')", "ä"),
    ],
)
def test_the_server_is_set_for_a_store(shared_url, question, answer):
    assert ask(shared_url, question) == answer


def test_nobody_else_can_reach_the_server(data_dir):
    with running(data_dir) as url:
        directory = ask(url, "SHOW unix_socket_directories")
        for private in (directory, data_dir / "postgres", data_dir / "locks"):
            assert stat.S_IMODE(os.stat(private).st_mode) == 0o700


def test_the_server_does_not_learn_our_secrets(data_dir, guest):
    assert guest(env={**os.environ, "LRS_BOOTSTRAP_SECRET": "hush", "PGPORT": "1", "PGDATA": "/nowhere"}).url
    for process in (postmaster_of(data_dir), keeper_of(data_dir)):
        assert not {"LRS_BOOTSTRAP_SECRET", "PGPORT", "PGDATA"} & set(process.environ())


def test_an_operators_own_settings_win_and_stay(data_dir):
    with running(data_dir):
        pass
    with (data_dir / "postgres/data/postgresql.conf").open("a") as file:
        file.write("work_mem = '7MB'\nmax_connections = 55\n")
    for _ in range(2):
        with running(data_dir) as url:
            assert ask(url, "SHOW work_mem") == "7MB"
            assert ask(url, "SHOW max_connections") == "55"


def test_commands_share_one_server_and_the_last_one_stops_it(data_dir, guest):
    first, second = guest(), guest()
    assert first.url == second.url
    server = postmaster_of(data_dir)
    first.leave()
    remember(second.url, "still here")
    assert postmaster_of(data_dir) == server
    second.leave()
    assert not processes(data_dir)


def test_one_process_can_use_it_twice(data_dir):
    with running(data_dir) as outer:
        with running(data_dir) as inner:
            remember(inner, "inner")
        assert remembered(outer) == {"inner"}
    assert not processes(data_dir)


def test_many_first_starts_at_once_share_one_cluster(new_dir, guest):
    guests = [guest() for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        urls = set(threads.map(lambda one: one.url, guests))
        assert len(urls) == 1
        remember(urls.pop(), "one cluster")
        list(threads.map(lambda one: one.leave(), guests))
    assert not processes(new_dir)
    with running(new_dir) as url:
        assert remembered(url) == {"one cluster"}


def test_commands_that_come_and_go_never_meet_a_closed_door(data_dir):
    def visit(number: int) -> None:
        for turn in range(4):
            with running(data_dir) as url:
                remember(url, f"{number} {turn}")

    with running(data_dir) as url:
        remember(url, "first")
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(visit, range(3)))
    assert not processes(data_dir)
    with running(data_dir) as url:
        assert len(remembered(url)) == 13


@pytest.mark.parametrize(
    "name",
    [
        "a b'c%20d=e\\f Lernstände",
        "a,b",
        'a"b',
        "long-" + "x" * 90,
        "longer-" + "ü" * 120,
        os.fsdecode(b"not-utf8-\xff"),
    ],
)
def test_any_path_will_do(place, used_dir, name):
    with running(copied(used_dir, place / name / "lrs-data")) as url:
        assert ask(url, "SELECT current_database()") == "lrs"
        directory = Path(ask(url, "SHOW unix_socket_directories"))
        assert len(os.fsencode(directory / ".s.PGSQL.5432")) <= 103
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert place in directory.parents or not directory.exists()


def test_a_link_to_the_folder_leads_to_the_same_server(place, data_dir):
    (place / "link").symlink_to(data_dir)
    with running(data_dir) as url, running(place / "link") as other:
        assert url == other


def test_a_folder_for_the_socket_that_somebody_else_made_is_refused(place, used_dir):
    path = copied(used_dir, place / ("long-" + "x" * 90))
    with running(path) as url:
        directory = Path(ask(url, "SHOW unix_socket_directories"))
    directory.mkdir(mode=0o755)
    try:
        with pytest.raises(OperatorError, match="must be ours alone"), running(path):
            pass
    finally:
        directory.rmdir()


def test_ctrl_c_in_the_terminal_does_not_hit_the_server(data_dir, guest):
    first, second = guest(), guest()
    remember(first.url, "before")
    server = postmaster_of(data_dir)
    assert second.url
    os.killpg(second.process.pid, signal.SIGINT)
    second.process.communicate(timeout=60)
    assert postmaster_of(data_dir) == server
    assert remembered(first.url) == {"before"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_command_stops_the_server_cleanly(data_dir, guest, number):
    command = guest()
    remember(command.url, "before")
    command.kill(number)
    assert not processes(data_dir)
    assert "database system is shut down" in _log(data_dir)
    with running(data_dir) as url:
        assert remembered(url) == {"before"}
    assert "not properly shut down" not in _log(data_dir)


def test_an_error_inside_stops_the_server_too(data_dir):
    with pytest.raises(ZeroDivisionError), running(data_dir):
        _ = 1 / 0
    assert not processes(data_dir)


def test_a_command_with_open_connections_can_leave(data_dir):
    with running(data_dir) as url:
        connection = psycopg.connect(url)
    eventually(lambda: not processes(data_dir))
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")


def _log(data_dir: Path) -> str:
    return "".join(file.read_text() for file in (data_dir / "postgres/log").glob("*.log"))
