"""(j) How long does it take to count what is in the log when a profile comes, and to report on a year?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from benchmarks import filling, projections
from benchmarks.profiles import loaded
from benchmarks.report import Column, Row, Table, milliseconds, whole
from benchmarks.run import Run
from benchmarks.statements import World
from lrs.cli.asking import ask
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import ProfileAdded
from lrs.registrar import names
from projections import found
from projections.rebuild import rebuild
from xapi_profiles import Profile

STATEMENTS, QUICK_STATEMENTS = 1_000_000, 3_000
AT_LEAST, MOST = 10_000, 3_000.0
ROUNDS, QUICK_ROUNDS = 5, 1


def measure(run: Run) -> None:
    """Fill a tenant; build without profiles, and with some; then report."""
    tenant = run.ground.tenant()
    world = World(QUICK_STATEMENTS if run.quick else STATEMENTS, voiding_every=1_000)
    filling.fill(run.ground, tenant, world, say=run.report.say)
    built = list(_built(run, tenant, world))
    rebuild(run.ground.database, tenant, found.projection("catalogue"), progress=lambda _, __: None)
    run.report.add(Table("counted", "The projection of profiles built", _BUILT, built))
    rows = [_report(run, tenant, each, **span) for each in loaded() for span in _spans(run, tenant)]
    run.report.add(Table("reports", "Reports on a profile", _REPORTS, rows))


def _built(run: Run, tenant: str, world: World) -> Iterator[Row]:
    """Profiles that come last have something to say of all that is in the log."""
    mine = found.projection("profiles")
    for profiles in ((), tuple(loaded())):
        for each in profiles:
            _add(run, tenant, each)
        run.report.say(f"conformance: built with {len(profiles)} profiles")
        row = projections.built(run, tenant, mine, world.count, at_least=AT_LEAST)
        yield row | {"profiles": len(profiles)}


def _add(run: Run, tenant: str, profile: Profile) -> None:
    log = EventLog(run.ground.database, tenant)
    event = ProfileAdded(profile.id, profile.version, profile.document, "benchmarks")
    with log.locked() as connection:
        streams.append(log, connection, [(names.stream("profile", profile.id), event)])


def _spans(run: Run, tenant: str) -> Iterator[dict[str, str]]:
    """All, and the middle third, which begins and ends somewhere in a block."""
    log = EventLog(run.ground.database, tenant)
    head = log.head().position
    yield {}
    moments = [next(iter(log.read(after=head * part // 3))).stored for part in (1, 2)]
    since, until = (each.isoformat().replace("+00:00", "Z") for each in moments)
    yield {"since": since, "until": until}


def _report(run: Run, tenant: str, profile: Profile, **span: str) -> Row:
    query = "&".join(f"{name}={value}" for name, value in {"profile": profile.id, **span}.items())
    taken, said = list[float](), dict[str, Any]()
    for _ in range(QUICK_ROUNDS if run.quick else ROUNDS):
        began = time.perf_counter()
        said = ask(run.ground.database, tenant, f"/profiles/report?{query}")
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "profile": profile.id,
        "span": "a third" if span else "all",
        "statements": said["statements"],
        "p50": median(taken),
        "most": max(taken),
        "asked": MOST,
    }


_BUILT = [
    Column("profiles", "profiles", whole),
    Column("rate", "events/s", whole, at_least=AT_LEAST),
    Column("asked", "asked for", whole),
    Column("growth", "growth MiB", whole),
]
_REPORTS = [
    Column("profile", "profile"),
    Column("span", "of"),
    Column("statements", "statements", whole),
    Column("p50", "p50 ms", milliseconds),
    Column("most", "most ms", milliseconds, at_most=MOST),
    Column("asked", "asked for", whole),
]
