"""Who started this process? When that process dies, this one ends too."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess


def end_with_parent() -> bool:
    """Watch the process that started this one, in a thread; False where this is the first one."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return False
    threading.Thread(target=_end_with, args=[parent], name="parent", daemon=True).start()
    return True


def _end_with(parent: BaseProcess) -> None:
    """Nobody would stop us, and nobody could have our port, if the process that started us were killed."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
