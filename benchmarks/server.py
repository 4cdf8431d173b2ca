"""What is measured? Real server processes: the store, and the emptiest server to compare it with."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.load import HOST

READY_WITHIN = 60.0
_LAST_WORDS = 3000


@dataclass(slots=True)
class Server:
    """A server on a port of its own, with all its processes."""

    port: int
    process: psutil.Process

    def memory(self) -> int:
        """Resident memory of all its processes, in bytes."""
        return sum(each.memory_info().rss for each in self._processes())

    def cpu(self) -> float:
        """Seconds of CPU time that it has used."""
        times = [each.cpu_times() for each in self._processes()]
        return sum(each.user + each.system for each in times)

    def _processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def store(database_url: str, *, workers: int) -> Iterator[Server]:
    """The store as people start it."""
    port = _free_port()
    command = [
        str(Path(sys.executable).with_name("lrs")), "serve", "--database-url", database_url,
        "--host", HOST, "--port", str(port), "--workers", str(workers),
    ]  # fmt: skip
    with _running(command, port, "/readyz") as server:
        yield server


@contextmanager
def echo(*, workers: int) -> Iterator[Server]:
    """The emptiest Starlette application under the same server with the same options."""
    port = _free_port()
    command = [
        sys.executable, "-m", "uvicorn", "benchmarks.echo:app",
        "--host", HOST, "--port", str(port), "--workers", str(workers),
        "--loop", "uvloop", "--http", "httptools", "--ws", "none",
        "--no-access-log", "--no-proxy-headers", "--no-server-header", "--log-level", "warning",
    ]  # fmt: skip
    with _running(command, port, "/") as server:
        yield server


@contextmanager
def _running(command: Sequence[str], port: int, path: str) -> Iterator[Server]:
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(command, stdout=words, stderr=words, env=_environment())
        try:
            _wait(process, f"http://{HOST}:{port}{path}")
            yield Server(port, psutil.Process(process.pid))
        except BaseException:
            words.seek(max(0, words.seek(0, os.SEEK_END) - _LAST_WORDS))
            sys.stderr.write(words.read().decode(errors="replace"))
            raise
        finally:
            process.terminate()
            process.wait()


def _environment() -> dict[str, str]:
    """Ours, without settings of the store that somebody happens to have; projections are measured apart."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LRS_")}
    return plain | {"LRS_PROJECT": "false"}


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    give_up = time.monotonic() + READY_WITHIN
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode} before it was ready.")
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  our own server
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"The server was not ready within {READY_WITHIN:.0f} s.")


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])
