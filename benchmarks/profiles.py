"""(g) What does it cost at the door to check a statement against several profiles?"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from benchmarks.report import Column, Row, Table, ratio, whole
from benchmarks.run import Run
from benchmarks.statements import World
from lrs.xapi import check as xapi
from lrs.xapi.vocabulary import Json
from xapi_profiles import PUBLISHED, Profiles, check, load

SHARED = Path(__file__).parents[2] / "shared" / "data"
LOADED = ("cmi5", "video", "scorm")
MOST = 100.0  # microseconds
COUNT, QUICK_COUNT = 5_000, 300

VIDEO = "https://w3id.org/xapi/video"
CMI5 = "https://w3id.org/xapi/cmi5"


def measure(run: Run) -> None:
    """Each round: check, the rules of a statement, and the parser, over the same statements."""
    profiles = loaded()
    names = ", ".join(one.id for one in profiles)
    run.report.say(f"profiles: {names}")
    count = QUICK_COUNT if run.quick else COUNT
    rows = list(_rows(run, profiles, count))
    run.report.add(Table("profiles", f"A statement is checked against {names}", _COLUMNS, rows, _NOTE))


def loaded() -> Profiles:
    """The profiles that statements are checked against."""
    return load(*documents())


def documents() -> list[Json]:
    """Those that are shared beside the checkout; without them our own."""
    found = [SHARED / "profiles" / f"{name}.jsonld" for name in LOADED]
    paths = found if found[0].exists() else list(PUBLISHED.values())
    return [orjson.loads(path.read_bytes()) for path in paths]


def declared(count: int) -> list[bytes]:
    """Statements of cmi5 and of the video profile in turn, each of which names its profile."""
    return [orjson.dumps(_completed(each) if each % 2 else _played(each)) for each in range(count)]


def _rows(run: Run, profiles: Profiles, count: int) -> Iterator[Row]:
    for name, texts in _inputs(count):
        statements = [orjson.loads(text) for text in texts]
        for declared in (False, True):
            rounds = [_round(profiles, texts, statements, only_declared=declared) for _ in run.rounds]
            cost, schema, parse = (median(each) for each in zip(*rounds, strict=True))
            outcomes = {check(each, profiles, only_declared=declared).outcome for each in statements}
            yield {
                "input": name,
                "by": "those it names" if declared else "all",
                "outcome": ", ".join(sorted(outcomes)),
                "of_asked": cost / MOST,
                "of_schema": cost / schema,
                "of_parse": cost / parse,
                "check": cost,
                "schema": schema,
                "parse": parse,
            }


def _inputs(count: int) -> Iterator[tuple[str, Sequence[bytes]]]:
    yield "cmi5, completed", [orjson.dumps(_completed(number)) for number in range(count)]
    yield "video, played", [orjson.dumps(_played(number)) for number in range(count)]
    yield "generated", list(World(count).texts())
    real = SHARED / "statements" / "ralph_funmooc_video_22000.jsonl.gz"
    if real.exists():
        with gzip.open(real) as file:
            yield "video, real", list(islice(file, count))


def _round(
    profiles: Profiles, texts: Sequence[bytes], statements: Sequence[Json], *, only_declared: bool
) -> tuple[float, float, float]:
    return (
        _microseconds(lambda each: check(each, profiles, only_declared=only_declared), statements),
        _microseconds(lambda each: xapi.statement(each, "2.0.0"), statements),
        _microseconds(orjson.loads, texts),
    )


def _microseconds(do: Callable[[Any], object], things: Sequence[Any]) -> float:
    began = time.perf_counter()
    for each in things:
        do(each)
    return (time.perf_counter() - began) / len(things) * 1e6


def _completed(number: int) -> Json:
    """A statement as cmi5 defines it (cmi5 9.3.3)."""
    categories = [f"{CMI5}/context/categories/{name}" for name in ("cmi5", "moveon")]
    return {
        **_common(number),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://course.example/au/1", "definition": {"name": {"en": "One"}}},
        "result": {"completion": True, "duration": "PT9M"},
        "context": {
            "registration": "7ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1de",
            "contextActivities": {
                "category": [{"id": each} for each in categories],
                "grouping": [{"id": "https://course.example/1"}],
            },
            "extensions": {f"{CMI5}/context/extensions/sessionid": f"session {number}"},
        },
    }


def _played(number: int) -> Json:
    """A statement as the video profile has it."""
    return {
        **_common(number),
        "verb": {"id": f"{VIDEO}/verbs/played"},
        "object": {
            "id": "https://course.example/videos/1",
            "definition": {"type": f"{VIDEO}/activity-type/video", "name": {"en": "One"}},
        },
        "result": {"extensions": {f"{VIDEO}/extensions/time": number / 10}},
        "context": {
            "contextActivities": {"category": [{"id": VIDEO}]},
            "extensions": {
                f"{VIDEO}/extensions/session-id": "7ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1de",
                f"{VIDEO}/extensions/length": 300.5,
                f"{VIDEO}/extensions/speed": "1x",
                f"{VIDEO}/extensions/volume": 0.8,
                f"{VIDEO}/extensions/full-screen": False,
            },
        },
    }


def _common(number: int) -> Json:
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "actor": {"account": {"homePage": "https://campus.example", "name": f"learner {number}"}},
        "timestamp": "2026-02-01T10:00:00Z",
    }


_NOTE = (
    f"Microseconds of one thread, medians of the rounds; at most {MOST:.0f} are asked for. Schema: the rules "
    "of xAPI 2.0 for the same statement, which every one is checked for. Parse: orjson. All: every profile "
    "looks at every statement, so that templates without Determining Properties apply; else those it names."
)
_COLUMNS = [
    Column("input", "statements"),
    Column("by", "checked by"),
    Column("outcome", "outcome"),
    Column("of_asked", "of asked", ratio, at_most=1.0),
    Column("of_schema", "of schema", ratio),
    Column("of_parse", "of parse", ratio),
    Column("check", "check µs", whole),
    Column("schema", "schema µs", whole),
    Column("parse", "parse µs", whole),
]
