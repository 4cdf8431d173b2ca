"""Which folder is ours, and what lies where in it? The data folder, claimed by a note that says so."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lrs.database.embedded.account import Account
from lrs.errors import OperatorError

NOTE = """This folder holds the database of a learning record store (lrs).
postgres/data is a PostgreSQL cluster: change nothing in it by hand. Your own settings of the server go to the
end of postgres/data/postgresql.conf. postgres/log tells what the server did, locks says who uses it.
To keep a copy, stop the store and copy the whole folder, or use `lrs export`.
"""
# What a file system or a desktop leaves in a folder that is empty for a person.
_NOTHING = {"lost+found", ".DS_Store", ".gitignore", ".gitkeep"}
# A unix socket's path has 108 bytes on Linux and 104 on macOS, the closing zero included.
_LONGEST_SOCKET = 103
SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Folder:
    """The data folder, by its real path."""

    path: Path

    @property
    def note(self) -> Path:
        return self.path / "lrs-data.txt"

    @property
    def locks(self) -> Path:
        return self.path / "locks"

    @property
    def postgres(self) -> Path:
        """What belongs to the server's account: the only thing that root gives away."""
        return self.path / "postgres"

    @property
    def data(self) -> Path:
        return self.postgres / "data"

    @property
    def log(self) -> Path:
        return self.postgres / "log"

    def socket(self, account: Account) -> Path:
        """Where the server listens: inside, or under /tmp where the path is too long or unspeakable."""
        inside = self.postgres / "socket"
        # In libpq a comma separates two places, and psycopg reads what it is told as UTF-8.
        speakable = str(inside).isprintable() and not set(str(inside)) & set(',"')
        if speakable and len(os.fsencode(inside / SOCKET)) <= _LONGEST_SOCKET:
            return inside
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        return Path("/tmp", f"lrs-{account.uid}-{digest}")  # noqa: S108  (the keeper makes it 0700 and checks it)


def claim(path: Path, account: Account) -> Folder:
    """Make the folder ours: create what is missing, refuse one that holds something else."""
    folder = Folder(path.resolve())
    _refuse_strange(folder)
    _require_way(_nearest(folder.path), account)
    _create(folder.path, account)
    _require_way(folder.path, account)
    if not folder.note.exists():
        folder.note.write_text(NOTE)
    folder.locks.mkdir(mode=0o700, exist_ok=True)
    folder.postgres.mkdir(mode=0o700, exist_ok=True)
    if account.borrowed and folder.postgres.stat().st_uid != account.uid:
        os.chown(folder.postgres, account.uid, account.gid)
    return folder


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into a sentence for a person."""
    try:
        yield
    except PermissionError as error:
        raise OperatorError(
            f"The data folder {path} cannot be used: no permission for {error.filename}. Run this command as "
            "the user to whom it belongs, or choose another folder with --data-dir (LRS_DATA_DIR)."
        ) from error
    except OSError as error:
        raise OperatorError(f"The data folder {path} cannot be used: {error}.") from error


def _refuse_strange(folder: Folder) -> None:
    # List first, then look for the note: whoever claims the folder right now writes the note before all else.
    strange = folder.path.exists() and bool({entry.name for entry in folder.path.iterdir()} - _NOTHING)
    if strange and not folder.note.exists():
        raise OperatorError(
            f"The folder {folder.path} is not empty and not a data folder of this store: "
            "choose an empty or a new one with --data-dir (LRS_DATA_DIR)."
        )


def _nearest(path: Path) -> Path:
    return path if path.exists() else _nearest(path.parent)


def _require_way(path: Path, account: Account) -> None:
    """Never open a way by force: only a person may decide who enters the folders above."""
    if not account.borrowed or account.can_enter(path):
        return
    closed = next(p for p in [*reversed(path.parents), path] if p == path or not account.can_enter(p))
    raise OperatorError(
        f"PostgreSQL does not run as root, and {account.name}, the user it would run as, cannot enter "
        f"{closed}: choose a folder elsewhere with --data-dir (LRS_DATA_DIR), for example /var/lib/lrs, "
        f"or allow it with `chmod o+x {closed}`."
    )


def _create(path: Path, account: Account) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o711 if account.borrowed else 0o700)
    except FileExistsError:
        return  # by a command that starts at the same time
    if account.borrowed:
        path.chmod(0o711)  # just made by us: whatever the umask, the server's account may pass through
