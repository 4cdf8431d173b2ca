"""What runs in each server process? The application, for as long as the process that started it lives."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path

from starlette.types import ASGIApp

from lrs.app import from_environment


def application() -> ASGIApp:
    """The application; in one process of several it also looks after what dead processes left."""
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_with, args=[parent], name="parent", daemon=True).start()
        _forget_dead(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    return from_environment()


def _end_with(parent: BaseProcess) -> None:
    """Nobody would stop us, and nobody could have our port, if the process that started us were killed."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _forget_dead(folder: Path) -> None:
    """What a dead process had waiting or connected counts no longer."""
    for file in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(file.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)
