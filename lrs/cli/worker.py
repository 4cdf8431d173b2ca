"""What runs in each server process? The application, for as long as the process that started it lives."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path

from starlette.types import ASGIApp

from lrs.app import from_environment
from lrs.cli.parent import end_with_parent
from lrs.settings import Settings

# Connections to the database, temporary files, and connections that are being turned away.
OTHER_FILES = 500


def application() -> ASGIApp:
    """The application; in one process of several it also looks after what dead processes left."""
    if end_with_parent():
        _forget_dead(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    _allow_files(Settings().max_connections)
    return from_environment()


def _allow_files(connections: int) -> None:
    """A connection is an open file, and systems allow as few as 256 to who does not ask for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # what is forbidden stays as it is
            most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _forget_dead(folder: Path) -> None:
    """What a dead process had waiting or connected counts no longer."""
    for file in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(file.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)
