"""The consumer of docs/log-feed.md keeps up with a store that is restarted while others write."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.cli.terminal import Serving
from tests.client import Client, a_statement
from tests.conftest import a_key

PAGE = (Path(__file__).parents[2] / "docs" / "log-feed.md").read_text()


class Writer:
    """Posts batches one after the other, and sends again what got no answer, as a platform does."""

    def __init__(self, url: str, key: tuple[str, str]) -> None:
        self.stored: list[str] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[url, key])

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self, url: str, key: tuple[str, str]) -> None:
        with Client(url, *key) as lrs:
            while not self._stopping.is_set():
                batch = [a_statement() for _ in range(3)]
                while not self._stored(lrs, batch):
                    time.sleep(0.05)
                time.sleep(0.005)

    def _stored(self, lrs: Client, batch: list[dict[str, object]]) -> bool:
        with suppress(httpx.HTTPError):
            self.stored += lrs.post(batch)
            return True
        return False


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return int(free.getsockname()[1])


@contextmanager
def consumer(folder: Path, url: str, key: tuple[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The example as it stands in the document."""
    (text,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    program = folder / "follow.py"
    program.write_text(text)
    process = subprocess.Popen(
        [sys.executable, program, url, *key, folder / "copy.db"], stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def copied(folder: Path) -> list[tuple[int, str]]:
    """What it has, in the order of the log."""
    with closing(sqlite3.connect(folder / "copy.db", timeout=20)) as copy:
        return copy.execute("SELECT position, id FROM statement ORDER BY position").fetchall()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_nothing_is_skipped_or_repeated_while_store_and_consumer_are_restarted(
    database_url, database, tenant, port, tmp_path
):
    key = a_key(database, tenant)
    url = f"http://127.0.0.1:{port}"
    words = ("--database-url", database_url, "--port", port)
    with Writer(url, key) as writer:
        for stop in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
            before = len(writer.stored)
            with Serving(*words) as store, consumer(tmp_path, url, key) as following:
                until(lambda since=before: len(writer.stored) > since + 60)
                store.process.send_signal(stop)  # in the midst of it
                store.process.wait(30)
                time.sleep(0.3)
                assert following.poll() is None
        with Serving(*words), consumer(tmp_path, url, key) as following:
            until(lambda: len(writer.stored) > before + 120)
            writer.__exit__()
            until(lambda: len(copied(tmp_path)) >= len(writer.stored))
            assert following.poll() is None
    found = copied(tmp_path)
    assert {statement_id for _, statement_id in found} == set(writer.stored)
    assert [position for position, _ in found] == list(range(2, 2 + len(found)))


def test_it_says_why_it_may_not_follow(database, tenant, server_url, tmp_path):
    with consumer(tmp_path, server_url, a_key(database, tenant, "state")) as following:
        _, said = following.communicate(timeout=30)
    assert following.returncode == 1
    assert "log/read" in said
