"""Where do several processes count together? In a folder that goes with the server, however that ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "lrs-metrics-"


@contextmanager
def folder() -> Iterator[Path]:
    """A new folder, locked as long as this lasts; those of servers that were killed are removed."""
    _sweep(Path(tempfile.gettempdir()))
    path, lock = _make()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _sweep(place: Path) -> None:
    """The kernel gives a lock back when its holder dies: a folder that nobody holds is left over."""
    for path in place.glob(f"{PREFIX}*"):
        lock = _try_lock(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _make() -> tuple[Path, int]:
    """Another start may sweep the folder away before we have locked it: then we make another."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = _try_lock(path)
        if lock is not None and path.exists():
            return path, lock


def _try_lock(path: Path) -> int | None:
    """The lock on a folder of ours that nobody holds, else None."""
    with suppress(OSError):  # gone, somebody else's, or no folder
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        os.close(lock)
    return None
