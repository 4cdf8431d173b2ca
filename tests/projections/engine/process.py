"""A runner in a process of its own, to be killed: python -m tests.projections.engine.process URL TENANT …"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread

from lrs.database.pool import Database
from projections import found
from projections.runner import Runner
from tests.projections.engine.tally import TALLY

ROOT = Path(__file__).parents[3]


def start(url: str, tenant: str, *names: str) -> subprocess.Popen[bytes]:
    """Start one, of the tally or of installed projections; it has connected when it has said so."""
    command = [sys.executable, "-m", __name__, url, tenant, *names]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"running\n"
    return process


def main() -> None:
    """Follow until SIGTERM."""
    url, tenant, *names = sys.argv[1:]
    projections = [found.projection(name) for name in names] or [TALLY]
    with Database(url, pool_size=3) as database:
        runner = Runner(database, projections, lambda: [tenant])
        signal.signal(signal.SIGTERM, lambda *_: runner.stop())
        following = Thread(target=runner.run)
        following.start()
        sys.stdout.write("running\n")
        sys.stdout.flush()
        following.join()


if __name__ == "__main__":
    main()
