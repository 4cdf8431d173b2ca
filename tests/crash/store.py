"""A store in processes of its own, as a person would start it, and the ways to kill it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from tests.database.embedded.guests import keeper_of, postmaster_of, processes

KEY, SECRET = "crash", "test"
COMMAND = "from lrs.cli import main; main()"


class Store:
    """`lrs serve` on a data folder and a port that it keeps over all its lives."""

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        self.data_dir = folder / "lrs-data"
        self.workers = workers
        self.url = f"http://127.0.0.1:{_free_port()}"
        self.errors = (folder / "errors.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start; nobody waits."""
        options = ["--port", self.url.rpartition(":")[2], "--workers", str(self.workers)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve", "--data-dir", str(self.data_dir), *options],
            env=os.environ | {"LRS_BOOTSTRAP_KEY": KEY, "LRS_BOOTSTRAP_SECRET": SECRET},
            stdout=subprocess.PIPE,
            stderr=self.errors,
            start_new_session=True,
        )

    def is_alive(self) -> bool:
        """Whether the process that we started still runs."""
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        """Whether it serves requests, its database included."""
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=10).status_code == 200
        return False

    def await_ready(self, *, within: float = 60) -> None:
        """Without help: it may not end, and has to be ready in a while."""
        limit = time.monotonic() + within
        while not self.is_ready():
            assert self.is_alive(), f"lrs serve has ended by itself: {self.told()}"
            assert time.monotonic() < limit, f"lrs serve is not ready after {within} s: {self.told()}"
            time.sleep(0.05)

    def stop(self) -> None:
        """As Ctrl-C would; nothing is left of it, whatever happened before."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=60)
        self.errors.close()

    def told(self) -> str:
        """The end of what it wrote to standard error."""
        return Path(self.errors.name).read_text(errors="replace")[-4000:]


def kill_server(store: Store) -> None:
    """The process that was started; those that it started see to themselves."""
    assert store.process
    store.process.kill()
    store.process.communicate()


def kill_worker(store: Store) -> None:
    """One of the processes that answer."""
    assert store.process
    for worker in psutil.Process(store.process.pid).children()[-1:]:
        _kill([worker])


def kill_postmaster(store: Store) -> None:
    """PostgreSQL's first process: the others end when they notice."""
    _kill(_postmasters(store))


def kill_backend(store: Store) -> None:
    """One session: PostgreSQL ends all others and recovers."""
    sessions = [each for each in processes(store.data_dir) if "lrs lrs" in " ".join(each.cmdline())]
    _kill(sessions[-1:])


def kill_cluster(store: Store) -> None:
    """PostgreSQL whole, all at the same moment."""
    first = _postmasters(store)
    with suppress(psutil.NoSuchProcess):
        _kill([*first, *[child for each in first for child in each.children()]])


def kill_everything(store: Store) -> None:
    """The server, PostgreSQL, and the keeper that would start it again."""
    with suppress(StopIteration, psutil.NoSuchProcess):
        keeper_of(store.data_dir).kill()
    kill_server(store)
    _kill(processes(store.data_dir))


Kill = Callable[[Store], None]
KILLS: list[Kill] = [kill_server, kill_postmaster, kill_backend, kill_cluster, kill_everything]


def _postmasters(store: Store) -> list[psutil.Process]:
    with suppress(OSError, IndexError, psutil.NoSuchProcess):
        return [postmaster_of(store.data_dir)]
    return []


def _kill(victims: Iterable[psutil.Process]) -> None:
    for victim in victims:
        with suppress(psutil.NoSuchProcess):
            victim.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
