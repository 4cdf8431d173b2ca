"""A reachable folder for each test, and nothing running in it afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from lrs.database.embedded import running
from tests.database.embedded.guests import Guest, copied, eventually, processes


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody can pass through, unlike pytest's own; nothing may run in it at the end."""
    with _place() as folder:
        yield folder


@pytest.fixture(scope="session")
def shared_url() -> Iterator[str]:
    """A database that no test changes."""
    with _place() as folder, running(folder / "lrs-data") as url:
        yield url


@contextmanager
def _place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lrs-test-", dir=_quick_place())).resolve()
    folder.chmod(0o711)
    yield folder
    left = processes(folder)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    shutil.rmtree(folder)
    assert not left, left


@pytest.fixture
def new_dir(place: Path) -> Path:
    """Where no database is yet."""
    return place / "lrs-data"


@pytest.fixture
def data_dir(place: Path, used_dir: Path) -> Path:
    """A database that has been used before: the quicker start for what is not about the first one."""
    return copied(used_dir, place / "lrs-data")


@pytest.fixture(scope="session")
def used_dir() -> Iterator[Path]:
    with _place() as folder:
        with running(folder / "lrs-data"):
            pass
        yield folder / "lrs-data"


@pytest.fixture
def guest(place: Path) -> Iterator[Callable[..., Guest]]:
    guests: list[Guest] = []

    def arrive(folder: Path = place / "lrs-data", **options: Any) -> Guest:
        guests.append(Guest(folder, **options))
        return guests[-1]

    yield arrive
    for one in guests:
        if one.process.poll() is None:
            one.kill()
    eventually(lambda: not processes(place))


def _quick_place() -> Path | None:
    """In memory where there is room: these tests kill processes and not machines, so no disk is needed."""
    memory = Path("/dev/shm")  # noqa: S108
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return memory if roomy else None
