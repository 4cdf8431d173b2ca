"""Folders for databases of our own, and a terminal at the tests' database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.cli import terminal

Command = Callable[..., str]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user can pass through, unlike pytest's own; nothing may run in it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="lrs-cli-")).resolve()
    folder.chmod(0o711)
    yield folder
    left = [
        each
        for each in psutil.process_iter(["cmdline"])
        if str(folder) in " ".join(each.info["cmdline"] or [])
    ]
    for process in left:
        process.kill()
    shutil.rmtree(folder)
    assert left == []


@pytest.fixture
def data_dir(place: Path) -> Path:
    return place / "lrs-data"


@pytest.fixture
def said(database_url: str) -> Command:
    """What a command prints about the tests' database."""
    return lambda *words, **options: terminal.said(*words, "--database-url", database_url, **options)


@pytest.fixture
def complaint(database_url: str) -> Command:
    """What a command that fails says about the tests' database."""
    return lambda *words, **options: terminal.complaint(*words, "--database-url", database_url, **options)
