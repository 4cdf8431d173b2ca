"""Commands in processes of their own, and a look at what they leave behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

REPOSITORY = Path(__file__).parents[3]
GUEST = """
import signal, sys
from pathlib import Path
from lrs.database.embedded import running

def leave(*_):
    raise SystemExit(0)

signal.signal(signal.SIGTERM, leave)
with running(Path(sys.argv[1]), say=lambda text: print("said", text, flush=True)) as url:
    print("url", url, flush=True)
    sys.stdin.read()
print("left", flush=True)
"""


class Guest:
    """A command that uses the database until it is told to leave."""

    def __init__(self, data_dir: Path, *, python: str = sys.executable, **options: Any) -> None:
        self.said: list[str] = []
        self._url = ""
        self.process = subprocess.Popen(
            [python, "-c", GUEST, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    @property
    def url(self) -> str:
        """Once it has one."""
        while not self._url:
            assert self.process.stdout
            assert self.process.stderr
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            kind, _, rest = line.strip().partition(" ")
            self._url = rest if kind == "url" else ""
            self.said.append(line)
        return self._url

    def leave(self) -> str:
        """What it had to say on standard error."""
        out, errors = self.process.communicate("", timeout=60)
        assert (self.process.returncode, "left" in out) == (0, True), errors
        return errors

    def freeze(self) -> None:
        """It can do nothing more, and still counts as somebody who uses the database."""
        self.process.send_signal(signal.SIGSTOP)

    def kill(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.communicate(timeout=60)


def processes(folder: Path) -> list[psutil.Process]:
    """Every living keeper and server process of the data folders in this folder."""
    return [p for p in psutil.process_iter() if _belongs(p, folder)]


def keeper_of(data_dir: Path) -> psutil.Process:
    return next(p for p in processes(data_dir) if "keeper.py" in " ".join(p.cmdline()))


def postmaster_of(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres/data/postmaster.pid").read_text().split()[0]))


def copied(data_dir: Path, target: Path) -> Path:
    """With its owners, as a person would copy it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", data_dir, target], check=True)
    return target


def eventually(claim: Callable[[], object], *, within: float = 20) -> None:
    limit = time.monotonic() + within
    while not claim():
        assert time.monotonic() < limit
        time.sleep(0.02)


def remember(url: str, word: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS memory (word text)")
        connection.execute("INSERT INTO memory VALUES (%s)", [word])


def remembered(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {word for (word,) in connection.execute("SELECT word FROM memory")}


def ask(url: str, question: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        assert row
        return str(row[0])


def _belongs(process: psutil.Process, folder: Path) -> bool:
    with suppress(psutil.Error, FileNotFoundError):
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        command = process.cmdline()
        if any(part.endswith("keeper.py") for part in command):
            return any(Path(part).is_relative_to(folder) for part in command)
        return "postgres" in process.name() and Path(process.cwd()).is_relative_to(folder)
    return False
