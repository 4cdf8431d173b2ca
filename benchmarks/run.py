"""What does every measurement need? The database, the load, the report, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.ground import Ground
from benchmarks.load import Job, LoadGenerator, Outcome
from benchmarks.report import Report


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmarks."""

    ground: Ground
    load: LoadGenerator
    report: Report
    workers: int
    quick: bool
    explain: bool

    @property
    def rounds(self) -> range:
        """How often a ratio is measured; the median counts."""
        return range(1 if self.quick else 3)

    def send(self, job: Job) -> Outcome:
        """Do a job in which every request must be answered well: a refusal is quick and would flatter."""
        outcome = self.load.run(job)
        if outcome.refused:
            raise RuntimeError(
                f"{outcome.refused} of {len(outcome.latencies)} requests failed: {outcome.refusal}"
            )
        return outcome
