"""`lrs serve` brings its own database, tells where it is, finishes what it accepted, and leaves nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.cli import terminal
from tests.cli.terminal import Serving, facts
from tests.client import Client, a_statement

BOOTSTRAP = {"bootstrap_key": "first", "bootstrap_secret": "a secret of its own"}


def client(server: Serving) -> Client:
    return Client(server.url, *BOOTSTRAP.values())


def eventually(true: Any, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def running_in(folder: Path) -> list[psutil.Process]:
    """The database's processes."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        if str(folder) in words and "lrs serve" not in words:
            found.append(process)
    return found


def test_one_command_is_enough(data_dir):
    whole = {**BOOTSTRAP, "project": "true"}
    with Serving("--data-dir", data_dir, **whole) as server, client(server) as platform:
        assert server.lines[0].endswith("/xapi")
        assert str(data_dir) in server.lines[-1]
        statement_id = platform.post(a_statement())[0]
        assert platform.get(statement_id)["id"] == statement_id
        assert httpx.get(f"{server.url}/readyz").status_code == 200
        assert httpx.get(f"{server.url}/docs").status_code == 200
    assert server.process.returncode == 0
    assert running_in(data_dir) == []
    with Serving("--data-dir", data_dir, **BOOTSTRAP) as server, client(server) as platform:
        assert [each["id"] for each in platform.find()] == [statement_id]


def test_nobody_can_come_in_until_a_key_is_made_with_the_command_it_names(data_dir):
    with Serving("--data-dir", data_dir) as server:
        assert server.process.stdout
        hint = server.process.stdout.readline()
        command = hint.split(": lrs ")[1].split()
        key = facts(terminal.said(*command))
        with Client(server.url, key["key"], key["secret"]) as platform:
            platform.post(a_statement())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_accepted_is_finished_before_it_stops(data_dir, number, workers):
    with Serving("--data-dir", data_dir, "--workers", workers, **BOOTSTRAP) as server:
        with client(server) as platform, ThreadPoolExecutor(8) as threads:
            platform.find()
            acknowledged = _post_until(server, threads, lambda: server.process.send_signal(number))
        said = server.end()
    assert server.process.returncode == 0
    assert "Traceback" not in said
    assert running_in(data_dir) == []
    exported = terminal.said("export", "--data-dir", data_dir)
    assert acknowledged
    assert [each for each in acknowledged if each not in exported] == []


def _post_until(server: Serving, threads: ThreadPoolExecutor, stop: Any) -> list[str]:
    """Post from many sides, stop the server in the middle; the ids of what it said it had stored."""

    def post_all() -> list[str]:
        stored = []
        with client(server) as platform:
            try:
                while True:
                    stored += platform.post([a_statement() for _ in range(5)])
            except httpx.TransportError:
                return stored

    posting = [threads.submit(post_all) for _ in range(4)]
    time.sleep(1)
    stop()
    return [each for future in posting for each in future.result()]


def test_a_request_on_the_way_is_answered_before_it_stops(data_dir):
    with Serving("--data-dir", data_dir, **BOOTSTRAP) as server, client(server) as platform:
        asked = platform.http.build_request("POST", "/statements", json=[a_statement()])
        asked = next(httpx.BasicAuth(*BOOTSTRAP.values()).auth_flow(asked))
        at = httpx.URL(server.url)
        with socket.create_connection((at.host, at.port), timeout=30) as line:
            lines = [b"POST /xapi/statements HTTP/1.1", b"Expect: 100-continue"]
            lines += [b"%b: %b" % header for header in asked.headers.raw]
            line.sendall(b"\r\n".join([*lines, b"", b""]))
            assert line.recv(4096).startswith(b"HTTP/1.1 100 ")  # it waits for the body now
            server.process.terminate()
            time.sleep(0.2)
            line.sendall(asked.content)
            assert line.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_several_processes_share_port_log_and_metrics(data_dir):
    with Serving("--data-dir", data_dir, "--workers", 3, **BOOTSTRAP) as server:
        with client(server) as platform:
            ids = {platform.post(a_statement())[0] for _ in range(20)}
            assert {each["id"] for each in platform.find()} == ids
        eventually(lambda: len(_workers(server)) == 3)
        metrics = httpx.get(f"{server.url}/metrics").text
        counted = [
            line
            for line in metrics.splitlines()
            if 'lrs_requests_total{method="POST"' in line and "200" in line
        ]
        assert [float(line.split()[-1]) for line in counted] == [20.0]


def _workers(server: Serving) -> list[psutil.Process]:
    return [each for each in psutil.Process(server.process.pid).children() if _is_worker(each)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "multiprocessing.spawn" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # a zombie, too
        return False


def test_a_process_that_dies_is_replaced(data_dir):
    alone = {"project": "false", **BOOTSTRAP}
    with Serving("--data-dir", data_dir, "--workers", 2, **alone) as server, client(server) as platform:
        eventually(lambda: len(_workers(server)) == 2)
        victim = _workers(server)[0]
        victim.kill()
        eventually(lambda: len(_workers(server)) == 2 and victim not in _workers(server))
        platform.post(a_statement())
        assert httpx.get(f"{server.url}/metrics").status_code == 200


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_server_is_started_again_without_help(data_dir, workers):
    port = str(_a_free_port())
    options = ("--data-dir", data_dir, "--workers", workers, "--port", port)
    with Serving(*options, **BOOTSTRAP) as server:
        with client(server) as platform:
            statement_id = platform.post(a_statement())[0]
        server.process.kill()
        server.process.wait()
        with Serving(*options, **BOOTSTRAP) as again, client(again) as platform:
            assert platform.get(statement_id)["id"] == statement_id
    eventually(lambda: running_in(data_dir) == [])


@pytest.mark.parametrize("workers", [1, 2])
def test_it_goes_on_after_its_database_and_all_that_keeps_it_were_killed(data_dir, workers):
    with Serving("--data-dir", data_dir, "--workers", workers, **BOOTSTRAP) as server:
        with client(server) as platform:
            statement_id = platform.post(a_statement())[0]
            for process in running_in(data_dir):
                process.kill()
            eventually(lambda: httpx.get(f"{server.url}/readyz").status_code == 200)
            assert platform.get(statement_id)["id"] == statement_id
            platform.post(a_statement())
        server.process.terminate()
        said = server.end()
    assert server.process.returncode == 0
    assert "another one takes over" in said
    assert running_in(data_dir) == []


def test_what_killed_servers_counted_is_removed_at_the_next_start(database_url, tmp_path):
    options = ("--database-url", database_url, "--workers", 2)

    def counted() -> set[str]:
        return {each.name for each in tmp_path.glob("lrs-metrics-*")}

    with Serving(*options, tmpdir=tmp_path) as living:
        eventually(counted)
        (of_the_living,) = counted()
        with Serving(*options, tmpdir=tmp_path) as killed:
            eventually(lambda: len(counted()) == 2)
            killed.process.kill()
        assert len(counted()) == 2
        with Serving(*options, tmpdir=tmp_path):
            eventually(lambda: httpx.get(f"{living.url}/metrics").status_code == 200)
            assert len(counted()) == 2
        assert counted() == {of_the_living}
    assert counted() == set()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_clients_may_do_to_it_is_bounded(database_url, workers):
    options = ("--database-url", database_url, "--workers", workers)
    with Serving(*options, max_connections="2") as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        eventually(lambda: httpx.get(f"{server.url}/readyz").status_code == 200)

        def ask(path: str, header: str = "") -> bytes:
            connection = stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\nX-A: {header}\r\n\r\n".encode())
            return connection.recv(100).split(b"\r\n")[0]

        with ExitStack() as stack:
            assert ask("/livez", "a" * 500_000) == b"HTTP/1.1 431 Request Header Fields Too Large"
            told = {ask("/xapi/about") for _ in range(2 * workers + 1)}
            assert told == {b"HTTP/1.1 200 OK", b"HTTP/1.1 503 Service Unavailable"}


@pytest.mark.parametrize("hard", [5000, 300])
def test_it_may_have_as_many_files_open_as_it_takes_connections(hard):
    program = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (100, {hard}));"
        "from lrs.cli.worker import _allow_files; _allow_files(1000);"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    soft = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True).stdout
    assert int(soft) == min(hard, 1500)


def _a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_other_commands_share_the_database_of_a_running_server(data_dir):
    with Serving("--data-dir", data_dir, **BOOTSTRAP) as server, client(server) as platform:
        platform.post(a_statement())
        assert len(terminal.said("export", "--data-dir", data_dir).splitlines()) == 1
        assert "default" in terminal.said("info", "--data-dir", data_dir)
        platform.post(a_statement())


def test_a_command_may_be_the_last_to_leave(data_dir):
    with Serving("--data-dir", data_dir) as server, _an_import_that_waits(data_dir) as importing:
        eventually(lambda: len(psutil.Process(importing.pid).net_connections("unix")) > 0)
        server.process.terminate()
        server.end()
        assert running_in(data_dir) != []
        out, _ = importing.communicate(b'{"nothing": 1}\n')
        assert b"1 rejected" in out
    eventually(lambda: running_in(data_dir) == [])


@contextmanager
def _an_import_that_waits(data_dir: Path) -> Any:
    command = [terminal.LRS, "import", "-", "--data-dir", str(data_dir)]
    with subprocess.Popen(command, env=terminal.environment(), stdin=-1, stdout=-1, stderr=-1) as process:
        yield process


def test_settings_reach_every_process(data_dir):
    settings = BOOTSTRAP | {"max_batch": "2", "workers": "2", "host": "127.0.0.1", "data_dir": str(data_dir)}
    with Serving(**settings) as server, client(server) as platform:
        answer = platform.http.post("/statements", json=[a_statement() for _ in range(3)])
        assert answer.status_code == 413


def test_a_taken_port_is_a_sentence(database_url):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = terminal.complaint("serve", "--port", port, "--database-url", database_url)
    assert f"Port {port} on 127.0.0.1 is taken" in sentence
    assert "--port" in sentence


@pytest.mark.parametrize(
    ("host", "expected"), [("no.such.host.invalid", "no address"), ("192.0.2.1", "Cannot listen")]
)
def test_an_address_that_is_not_here_is_a_sentence(database_url, host, expected):
    assert expected in terminal.complaint(
        "serve", "--host", host, "--port", 0, "--database-url", database_url
    )


def test_a_folder_with_something_else_in_it_is_left_alone(place):
    (place / "letter.txt").write_text("Dear Ines")
    assert "not a data folder" in terminal.complaint("serve", "--data-dir", place, "--port", 0)
    assert [each.name for each in place.iterdir()] == ["letter.txt"]


def test_an_external_database_is_named_without_its_password(database_url):
    with Serving("--database-url", database_url) as server:
        assert "Data at" in server.lines[-1]
        assert httpx.get(f"{server.url}/readyz").status_code == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_address_of_ipv6_stands_in_brackets(database_url):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    with Serving("--host", "::1", "--database-url", database_url) as server:
        assert server.url.startswith("http://[::1]:")
        assert httpx.get(f"{server.url}/livez").status_code == 200


def test_it_needs_no_home(data_dir, monkeypatch):
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.chdir("/")
    with Serving("--data-dir", data_dir) as server:
        assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert os.environ["HOME"] == "/nonexistent"
