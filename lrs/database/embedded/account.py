"""As whom does the server run? As ourselves; root, which PostgreSQL refuses, borrows an account."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lrs.errors import OperatorError

UNPRIVILEGED = ("postgres", "_postgres", "nobody")
# The server needs no secret of ours: its environment is visible to its account, which may not be ours.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the server's programs and files belong to; `borrowed` when root runs them as somebody else."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    borrowed: bool

    def run(
        self, command: Sequence[str | Path], *, pass_fds: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, from a folder that everybody can enter."""
        return subprocess.run(
            command,
            user=self.uid if self.borrowed else None,
            group=self.gid if self.borrowed else None,
            extra_groups=self.groups if self.borrowed else None,
            pass_fds=pass_fds,
            cwd="/",
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can reach what lies in the folder; tried, since access lists exist too."""
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0


def choose(owned: Path, wanted: str | None) -> Account:
    """The account for this database: whoever owns it; for a new one `wanted`, or the first there is."""
    if os.geteuid() != 0:
        return _ourselves()
    owner = owned.stat().st_uid if owned.exists() else 0
    if owner == 0:
        return _borrow(wanted)
    account = _lend(_entry(owner))
    if wanted not in (None, account.name):
        raise OperatorError(
            f"The database in {owned.parent} belongs to the user {account.name}: "
            f"run it as {account.name}, not as {wanted}."
        )
    return account


def environment() -> dict[str, str]:
    """What PostgreSQL's programs may know: none of our secrets, and none of a person's PG… variables."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"LC_ALL": "C"}


def _ourselves() -> Account:
    entry = _entry(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, os.getegid(), (), borrowed=False)


def _borrow(wanted: str | None) -> Account:
    for name in (wanted,) if wanted else UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return _lend(entry)
    names = wanted or ", ".join(UNPRIVILEGED)
    raise OperatorError(
        f"PostgreSQL does not run as root, and there is no unprivileged user {names} to run it as: "
        "create one, or run this command as a normal user."
    )


def _lend(entry: pwd.struct_passwd) -> Account:
    groups = tuple(os.getgrouplist(entry.pw_name, entry.pw_gid))[: os.sysconf("SC_NGROUPS_MAX")]
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, groups, borrowed=True)


def _entry(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise OperatorError(
            f"The user with number {uid} has no name here, and PostgreSQL needs one: "
            "add it to the list of users (/etc/passwd), or use a database by URL."
        ) from error
