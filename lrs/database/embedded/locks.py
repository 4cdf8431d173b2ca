"""Who uses this? Locks on open files: the kernel gives them back when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Lock:
    """One holder's handle on a lock; a process that inherits the descriptor holds the lock with it."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_share(self) -> bool:
        """Hold it together with others, unless somebody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_take(self) -> bool:
        """Have it alone; a share held before is given up, whether or not this succeeds."""
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        """Give it back, also for every process that inherited the descriptor."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def hand_over(self) -> None:
        """Forget it without giving it back: it now belongs to the process that inherited it."""
        os.close(self.descriptor)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        os.close(self.descriptor)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self.descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_free(path: Path) -> bool:
    """Whether nobody holds it right now."""
    with Lock(path) as lock:
        return lock.try_take()
