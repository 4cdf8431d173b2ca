"""How is a new cluster made? By initdb, aside and then moved into place, so that no half one is ever used."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lrs.database.embedded import words
from lrs.database.embedded.account import Account
from lrs.database.embedded.folder import Folder
from lrs.database.embedded.locks import Lock
from lrs.database.embedded.programs import Programs
from lrs.errors import OperatorError

ROLE = "lrs"
# Whoever reaches the socket, in a folder of mode 0700, is the server's account or root: trust is enough.
_OPTIONS = (
    "--encoding=UTF8",
    "--data-checksums",
    "--auth-local=trust",
    "--auth-host=reject",
    "--no-instructions",
    f"--username={ROLE}",
)
_BUILTIN_SINCE = 17
_BUILTIN = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


def create(folder: Folder, programs: Programs, account: Account, start: Lock) -> None:
    """A cluster that sorts by code point everywhere, whatever the machine's locale."""
    for left_over in folder.postgres.glob("new-*"):
        shutil.rmtree(left_over)
    fresh = folder.postgres / f"new-{os.getpid()}"
    for locale in _locales(programs.major):
        command: list[str | Path] = [programs.initdb, f"--pgdata={fresh}", *_OPTIONS, *locale]
        # initdb holds our lock too: should we be killed, the next start waits until it has ended.
        answer = account.run(command, pass_fds=[start.descriptor])
        if answer.returncode == 0:
            return _move(folder, fresh)
    raise OperatorError(
        f"PostgreSQL could not create a cluster in {folder.postgres}: {words.gist(answer.stderr)}"
    )


def _locales(major: int) -> list[tuple[str, ...]]:
    """The operating system's C.UTF-8, which macOS lacks, only where PostgreSQL has none of its own."""
    return [_BUILTIN] if major >= _BUILTIN_SINCE else [("--locale=C.UTF-8",), ("--locale=C",)]


def _move(folder: Folder, fresh: Path) -> None:
    fresh.rename(folder.data)
    descriptor = os.open(folder.postgres, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
