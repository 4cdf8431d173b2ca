"""Which measurements are wanted? `python -m benchmarks [NAME|all]`."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks import (
    audit,
    competencies,
    conformance,
    disk,
    door,
    ground,
    history,
    ingest,
    profiles,
    projections,
    queries,
    single,
    transcripts,
)
from benchmarks.ground import Ground
from benchmarks.load import LoadGenerator
from benchmarks.report import Report
from benchmarks.run import Run

MEASUREMENTS: dict[str, Callable[[Run], None]] = {
    "ingest": ingest.measure,
    "single": single.measure,
    "queries": queries.measure,
    "disk": disk.measure,
    "projections": projections.measure,
    "transcripts": transcripts.measure,
    "profiles": profiles.measure,
    "audit": audit.measure,
    "competencies": competencies.measure,
    "history": history.measure,
    "door": door.measure,
    "conformance": conformance.measure,
}


def main() -> None:
    """Measure what is wanted, show it, and save it where that is wanted too."""
    wanted = _arguments()
    with ground.found() as database, LoadGenerator() as load:
        report = Report(_conditions(database, wanted))
        report.say(str(report.conditions))
        run = Run(database, load, report, wanted.workers, quick=wanted.quick, explain=wanted.explain)
        for name, measure in MEASUREMENTS.items():
            if wanted.what in (name, "all"):
                measure(run)
        if wanted.json:
            report.save(wanted.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", default="all", choices=[*MEASUREMENTS, "all"])
    parser.add_argument("--quick", action="store_true", help="small and short: shows that it works, no more")
    parser.add_argument("--workers", type=int, default=1, help="server processes (default: 1)")
    parser.add_argument(
        "--explain", action="store_true", help="show the plan of the slowest query of each kind"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="save all numbers as JSON")
    return parser.parse_args()


def _conditions(database: Ground, wanted: argparse.Namespace) -> dict[str, Any]:
    with database.database.connection() as connection:
        version = connection.info.parameter_status("server_version")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "postgresql": f"{version}, {'embedded' if database.embedded else 'external'}",
        "workers": wanted.workers,
        "quick": wanted.quick,
    }


if __name__ == "__main__":
    main()
