"""How many commits a second can the database do? pgbench, one small INSERT in a transaction of its own."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from benchmarks.ground import Ground
from lrs.database import sql

_RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


class Commits:
    """A table to insert into; the commit rate is None where there is no pgbench."""

    def __init__(self, ground: Ground) -> None:
        self.url = ground.url
        self.program = ground.pgbench()
        self.table = f"{sql.schema(ground.tenant())}.one_row"
        with ground.database.connection() as connection:
            connection.execute(f"CREATE TABLE {self.table} (row text NOT NULL)".encode())

    def rate(self, *, clients: int, seconds: int, size: int) -> float | None:
        """Transactions per second; each inserts one row of this many bytes."""
        if self.program is None:
            return None
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(f"INSERT INTO {self.table} VALUES ('{'x' * size}');\n")  # noqa: S608  our own
            script.flush()
            said = self._run(Path(script.name), clients, seconds)
        found = _RATE.search(said)
        if found is None:
            raise RuntimeError(f"pgbench did not tell a rate: {said}")
        return float(found[1])

    def _run(self, script: Path, clients: int, seconds: int) -> str:
        options = [
            "-n",
            "-M",
            "prepared",
            "-c",
            str(clients),
            "-j",
            "1",
            "-T",
            str(seconds),
            "-f",
            str(script),
        ]
        done = subprocess.run(
            [str(self.program), *options, self.url], capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr
