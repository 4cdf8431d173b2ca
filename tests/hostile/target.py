"""`lrs serve` in a process of its own: how long does it keep others waiting, and how much does it use?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

BODY_TIMEOUT = 2
MEBIBYTE = 1024 * 1024


@dataclass
class Observed:
    """What others saw while a request was answered: the longest wait in seconds, the most memory in MiB."""

    waited: float = 0
    memory: float = 0


class Target:
    """A running server; the end of its standard error is kept."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.log = folder / "target.log"
        with self.log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from lrs.cli import main; main()", "serve", "--port", "0"],
                env=os.environ
                | {
                    "LRS_DATABASE_URL": database_url,
                    "LRS_MIGRATE": "false",
                    "LRS_LOG_LEVEL": "warning",
                    "LRS_BODY_TIMEOUT": str(BODY_TIMEOUT),
                },
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip().removeprefix("xAPI at ").removesuffix("/xapi")
        assert self.url.startswith("http"), self.log.read_text()
        self._await()

    def __enter__(self) -> Target:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=60)

    @property
    def address(self) -> tuple[str, int]:
        """For a socket."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    def mistakes(self) -> list[str]:
        """Every line of the log that tells of an error: answers of 500 and more among them."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line[:3000] for line in lines if not line.startswith("{") or _level(line) == "error"]

    @contextmanager
    def observed(self) -> Iterator[Observed]:
        """Ask for a sign of life over and over meanwhile."""
        observed, done = Observed(), threading.Event()
        watcher = threading.Thread(target=self._watch, args=[observed, done])
        watcher.start()
        try:
            yield observed
        finally:
            done.set()
            watcher.join()

    def _watch(self, observed: Observed, done: threading.Event) -> None:
        server = psutil.Process(self.process.pid)
        before = server.memory_info().rss
        with httpx.Client(timeout=120, trust_env=False) as http:
            while not done.wait(0.01):
                began = time.perf_counter()
                http.get(f"{self.url}/livez").raise_for_status()
                observed.waited = max(observed.waited, time.perf_counter() - began)
                observed.memory = max(observed.memory, (server.memory_info().rss - before) / MEBIBYTE)

    def _await(self) -> None:
        while True:
            try:
                httpx.get(f"{self.url}/readyz", trust_env=False, timeout=60).raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return


def _level(line: str) -> str:
    return str(json.loads(line)["level"])
