"""(f) How quickly is a transcript read, now and as it was, and how soon after two identifiers are linked?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from benchmarks import filling, projections, requests, server
from benchmarks.asking import Asker
from benchmarks.ground import HOME_PAGE, Ground
from benchmarks.load import Job
from benchmarks.report import Column, Row, Table, milliseconds, ratio, whole
from benchmarks.requests import Key
from benchmarks.run import Run
from benchmarks.server import Server
from benchmarks.statements import Regular, World
from lrs.auth.keys import key_authority
from lrs.log.event_log import EventLog
from lrs.registrar import catalogue
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json
from projections import found
from projections.learners import read
from projections.view import Views

STATEMENTS, QUICK_STATEMENTS = 1_000_000, 3_000
DILIGENT, QUICK_DILIGENT = 2_000, 200
LINKED, QUICK_LINKED = 10_000, 300
VOIDING_EVERY = 1000
ONE, SEVERAL = 1, 4
LEARNERS = 1000
SECONDS, QUICK_SECONDS = 10.0, 0.5
LINKS, QUICK_LINKS = 10, 2
MOST_NOW, MOST_AS_OF = 10.0, 50.0


def measure(run: Run) -> None:
    """Fill a tenant, let projections build, then read, then link."""
    tenant = run.ground.tenant()
    world = _world(quick=run.quick)
    catalogue.adopt(run.ground.database, tenant, _catalogue(tenant, world), by="benchmarks")
    filling.fill(run.ground, tenant, world, say=run.report.say)
    run.report.say("transcripts: the projections are built")
    with (
        server.store(run.ground.url, workers=run.workers) as store,
        projections.following(run.ground, tenant, found.projections()),
    ):
        run.ground.settle(tenant)
        key = run.ground.key(tenant)
        rows = list(_reads(run, store, key, tenant, world))
        run.report.add(Table("transcripts", _TITLE, _COLUMNS, rows, _NOTE))
        row = _linking(run, store, key, world.regulars[1:])
        run.report.add(Table("linking", "Two identifiers are linked", _LINKING, [row], _LINKING_NOTE))


def _world(*, quick: bool) -> World:
    """One regular who has left in the middle with all that she did, and the two that will be linked."""
    count = QUICK_STATEMENTS if quick else STATEMENTS
    linked = Regular((QUICK_LINKED if quick else LINKED) / count)
    diligent = Regular((QUICK_DILIGENT if quick else DILIGENT) / count * 2, until=0.5)
    return World(count, voiding_every=VOIDING_EVERY, regulars=[diligent, linked, linked])


def _catalogue(tenant: str, world: World) -> Json:
    """Every course is mapped, and of its activities the assessments, which tell how it ended."""
    courses = {each.course: f"c{number}" for number, each in enumerate(world.activities)}
    assessed = {each.id: courses[each.course] for each in world.activities if "/assessments/" in each.id}
    authority = key_authority(HOME_PAGE, tenant)
    return {
        "providers": {"campus": {"name": "Example Campus", "trust": "approved", "authorities": [authority]}},
        "scales": {"letters": {"title": "Letter grades", "steps": _STEPS}},
        "courses": {name: {"title": iri, **_COURSE} for iri, name in courses.items()},
        "activities": courses | assessed,
    }


def _reads(run: Run, store: Server, key: Key, tenant: str, world: World) -> Iterator[Row]:
    crowd = _crowd(run.ground, tenant)
    diligent = _own(world.regulars[0])
    middle = EventLog(run.ground.database, tenant).head().position // 2
    for name, paths, asked in (
        ("many learners", list(map(_path, crowd)), MOST_NOW),
        ("one diligent learner", [_path(diligent)], None),
        ("the same, as of the middle of the log", [f"{_path(diligent)}?as_of={middle}"], MOST_AS_OF),
    ):
        run.report.say(f"transcripts: {name}")
        yield {"read": name, **_read(run, store, key, paths, ONE, asked)}
        yield {"read": name, **_read(run, store, key, paths, SEVERAL, None)}


def _read(
    run: Run, store: Server, key: Key, paths: Sequence[str], clients: int, asked: float | None
) -> dict[str, Any]:
    sent = [requests.read(key, path) for path in paths]
    with Asker(store, key) as client:
        statements = [_statements(client.get(path)) for path in paths]
    seconds = QUICK_SECONDS if run.quick else SECONDS
    before = store.cpu()
    outcome = run.send(Job(port=store.port, requests=sent, clients=clients, seconds=seconds, again=True))
    p95 = outcome.milliseconds(0.95)
    return {
        "clients": clients,
        "statements": sum(statements) / len(statements),
        "most": max(statements),
        "p50": outcome.milliseconds(0.5),
        "p95": p95,
        "p99": outcome.milliseconds(0.99),
        "asked": asked,
        "of_asked": p95 / asked if asked else None,
        "rate": outcome.rate,
        "kilobytes": outcome.received / len(outcome.latencies) / 1000,
        "cpu": (store.cpu() - before) / len(outcome.latencies) * 1000,
    }


def _linking(run: Run, store: Server, key: Key, agents: Sequence[Json]) -> dict[str, Any]:
    """Link both, read, and unlink both, again and again."""
    with Asker(store, key) as client:
        learner = client.send("POST", "/learners", {"name": "Linked Learner", "reason": "new"})["learner"]
        rounds = []
        for _ in range(QUICK_LINKS if run.quick else LINKS):
            position = _identify(client, "POST", learner, agents)
            rounds.append(_arrival(client, f"{_path(learner)}?after={position}"))
            _identify(client, "DELETE", learner, agents)
    names = ("statements", "arrived", "again")
    return {name: median(each) for name, each in zip(names, zip(*rounds, strict=True), strict=True)} | {
        "slowest": max(arrived for _, arrived, _ in rounds)
    }


def _arrival(client: Asker, path: str) -> tuple[int, float, float]:
    """How many statements it is made of, how long until it is there, and how long once it is."""
    began = time.perf_counter()
    transcript = client.get(path)
    there = time.perf_counter()
    client.get(path)
    return _statements(transcript), (there - began) * 1000, (time.perf_counter() - there) * 1000


def _identify(client: Asker, method: str, learner: str, agents: Sequence[Json]) -> int:
    """Link or unlink these; the position that says so."""
    path = f"/learners/{learner}/identifiers"
    said = [client.send(method, path, {"identifier": _bare(agent), "reason": "-"}) for agent in agents]
    return int(said[-1]["position"])


def _crowd(ground: Ground, tenant: str) -> list[str]:
    """Learners of all kinds, evenly from the first that came to the last."""
    views = Views(ground.database, found.projections())
    with views.open(tenant, ["learners"]) as view:
        everybody = [str(learner) for learner, _ in read.page(view, limit=STATEMENTS)]
    return everybody[:: max(1, len(everybody) // LEARNERS)]


def _own(agent: Json) -> str:
    return str(actor.own_learner(str(actor.ifi(agent))))


def _bare(agent: Json) -> Json:
    return {name: value for name, value in agent.items() if name in ("mbox", "account")}


def _path(learner: str) -> str:
    return f"/learners/{learner}/transcript"


def _statements(transcript: Json) -> int:
    """How many statements it speaks of."""
    lines = [*transcript["lines"], *transcript["in_progress"]]
    parts = [*(line["basis"] for line in lines), *transcript["unmapped"]]
    return sum(len(each["statements"]) for each in parts) + len(transcript["quarantined"])


_STEPS = [
    {"grade": "A", "min": 0.93, "points": "4.00"},
    {"grade": "B", "min": 0.83, "points": "3.00"},
    {"grade": "C", "min": 0.5, "points": "2.00"},
    {"grade": "F", "min": 0, "points": "0.00", "passing": False},
]
_COURSE = {"credits": {"amount": "1.00", "unit": "Carnegie"}, "provider": "campus", "scale": "letters"}
_TITLE = f"Transcripts, read by one client and by {SEVERAL} at once"
_NOTE = (
    "Statements: how many a transcript speaks of, on average and at most. "
    "Server CPU: of its processes, without PostgreSQL, for one transcript."
)
_COLUMNS = [
    Column("read", "transcript of"),
    Column("clients", "clients", whole),
    Column("statements", "statements", whole),
    Column("most", "most", whole),
    Column("p50", "p50 ms", milliseconds),
    Column("p95", "p95 ms", milliseconds),
    Column("p99", "p99 ms", milliseconds),
    Column("asked", "asked for", whole),
    Column("of_asked", "p95 : asked", ratio, at_most=1.0),
    Column("rate", "reads/s", whole),
    Column("kilobytes", "kB", whole),
    Column("cpu", "server CPU ms", milliseconds),
]
_LINKING_NOTE = "From the answer to the second link until the whole transcript has come, and read once more."
_LINKING = [
    Column("statements", "statements", whole),
    Column("arrived", "there after ms", milliseconds),
    Column("slowest", "slowest ms", milliseconds),
    Column("again", "read again ms", milliseconds),
]
