"""Reading transcripts from the tables of a build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.log.events import TranscriptIssued
from lrs.xapi import actor
from projections.resource import View
from projections.transcript import read
from projections.transcript.project import TRANSCRIPT
from tests.projections.transcript.builders import (
    FAMILY,
    LEARNER,
    MIRA,
    MIRA_IFI,
    SCHOOL,
    VALIDATOR,
    a_catalogue,
    about_statement,
    decided,
    made_of,
    recorded,
    said,
    void,
)

PREFIX = "transcript_v1"
OTHER = {"account": {"homePage": "https://maths.example", "name": "m1ra"}}
OTHER_IFI = "account|https://maths.example|m1ra"


class Tables:
    """The tables of one build, and the transcripts that are read from them."""

    def __init__(self, connection: Connection[Any], tenant: str) -> None:
        self.connection = connection
        self.tenant = tenant
        self.position = 0
        self.ifis = [MIRA_IFI]
        made = (TRANSCRIPT.folder / "tables.sql").read_text()
        connection.execute(sql.filled(made, tenant, projection=PREFIX).encode())

    def take(self, *events: Any) -> None:
        """Fold events into rows, one after the other."""
        for each in events:
            self.position += 1
            for table, row in TRANSCRIPT.fold(recorded(each, self.position)):
                into = Identifier(sql.schema(self.tenant).strip('"'), f"{PREFIX}_{table}")
                places = SQL(", ").join(SQL("%s") for _ in row)
                self.connection.execute(SQL("INSERT INTO {} VALUES ({})").format(into, places), row)

    def transcript(self, learner: str = LEARNER, *, position: int | None = None) -> Any:
        moment = datetime(2026, 6, 2, tzinfo=UTC)
        at = self.position if position is None else position
        view = View(self.connection, self.tenant, at, moment, {"transcript": PREFIX})
        resource, _ = read.resources(read.Beside(self.who, lambda _: a_catalogue(), lambda *_: ()))
        found = json.loads(orjson.dumps(resource.read(view, {"learner": learner})))
        VALIDATOR.validate(found)
        return found

    def issued(self, issue: str) -> Any:
        view = View(
            self.connection,
            self.tenant,
            self.position,
            datetime(2026, 6, 2, tzinfo=UTC),
            {"transcript": PREFIX},
        )
        _, resource = read.resources(read.Beside(self.who, lambda _: a_catalogue(), lambda *_: ()))
        return resource.read(view, {"learner": LEARNER, "issue": issue})

    def who(self, view: View, learner: str) -> read.Learner:
        if learner != LEARNER:
            raise NotFound
        about = {"id": LEARNER, "name": "Mira", "born": "2014-03-02", "number": None}
        return read.Learner(about, [actor.digest(each) for each in self.ifis])


@pytest.fixture
def tables(database: Database, tenant: str) -> Iterator[Tables]:
    with database.connection() as connection:
        yield Tables(connection, tenant)


CLAIM = said("passed", "https://tutor.example/writing", by=FAMILY, name="claim", score=0.95)
EVERYTHING = (
    said("registered", day="2025-09-01"),
    said("passed", score=0.9, name="kept"),
    said("failed", score=0.1, name="wrong", day="2025-11-01"),
    void("wrong"),
    CLAIM,
    about_statement("verified", "claim", by=SCHOOL),
    said("initialized", "https://school.example/band", by=SCHOOL),
    said("progressed", actor={"objectType": "Group", "member": [MIRA, {"mbox": "mailto:ann@mail.example"}]}),
    said("completed", "x:walk"),
    said("passed", result={"success": False}),
    decided("waive", "band"),
)


def apart(document: Any) -> Any:
    return {name: value for name, value in document.items() if name not in ("position", "as_of")}


def test_what_is_read_is_what_the_events_make(tables):
    tables.take(*EVERYTHING)
    assert apart(tables.transcript()) == apart(made_of(*EVERYTHING))


def test_a_reading_of_the_past_sees_what_was_there(tables):
    tables.take(*EVERYTHING)
    for position in range(len(EVERYTHING) + 1):
        found = tables.transcript(position=position)
        assert apart(found) == apart(made_of(*EVERYTHING[:position]))
        assert found["position"] == position


def test_verifications_and_voids_of_verifications_are_found(tables):
    proof = about_statement("verified", "claim", by=SCHOOL, name="proof")
    tables.take(CLAIM, proof)
    assert tables.transcript()["totals"]["Carnegie"]["earned"] == "1"
    tables.take(void("proof", by=SCHOOL))
    assert tables.transcript()["totals"] == {}


def test_what_others_did_is_not_hers(tables):
    tables.take(said("passed", actor={"mbox": "mailto:ann@mail.example"}))
    assert tables.transcript()["lines"] == []


def test_a_linked_identifier_brings_its_history(tables):
    tables.take(said("passed", actor=OTHER), said("passed", "https://school.example/band", actor=MIRA))
    assert [line["course"] for line in tables.transcript()["lines"]] == ["band"]
    tables.ifis.append(OTHER_IFI)
    assert sorted(line["course"] for line in tables.transcript()["lines"]) == ["band", "maths"]


def test_a_statement_that_names_two_of_her_identifiers_counts_once(tables):
    tables.ifis.append(OTHER_IFI)
    tables.take(said("passed", actor={"objectType": "Group", "member": [MIRA, OTHER]}))
    (line,) = tables.transcript()["lines"]
    assert len(line["basis"]["statements"]) == 1


def test_an_issued_transcript_is_compared_with_now(tables):
    tables.take(said("passed", score=0.9))
    went_out = tables.transcript()
    tables.take(TranscriptIssued("one", LEARNER, went_out["position"], went_out["sha256"], "office"))
    assert [each["superseded"] for each in tables.transcript()["issued"]] == [False]
    tables.take(said("passed", "https://school.example/band"))
    assert tables.transcript()["issued"][0]["superseded"]
    issued = tables.issued("ONE")
    assert (issued["superseded"], issued["reproduced"], issued["of"]) == (True, True, 1)
    assert "/lines/band pathway" in [each["pointer"] for each in issued["changes"]]
    assert tables.transcript(position=1)["issued"] == []


def test_what_did_not_go_out_is_not_found(tables):
    tables.take(said("passed"))
    with pytest.raises(NotFound):
        tables.issued("one")


def test_an_unknown_learner_is_not_found(tables):
    with pytest.raises(NotFound):
        tables.transcript(str(UUID(int=1)))


def test_what_went_out_before_anybody_knew_her_has_changed_altogether(tables):
    tables.take(said("passed"), TranscriptIssued("one", LEARNER, 0, "0" * 64, "office"))
    known = tables.who

    def who(view: View, learner: str) -> read.Learner:
        if view.position == 0:
            raise NotFound
        return known(view, learner)

    tables.who = who
    issued = tables.issued("one")
    assert "/lines" in [each["pointer"] for each in issued["changes"]]


def test_it_is_declared_as_a_resource_for_those_who_may_read_transcripts():
    learner = read.Learner({}, [])
    resource, issued = read.resources(read.Beside(lambda *_: learner, lambda _: a_catalogue(), lambda *_: ()))
    assert (resource.path, resource.need) == ("/learners/{learner}/transcript", "transcripts/read")
    assert (issued.path, issued.need) == (f"{resource.path}/issues/{{issue}}", "transcripts/read")
    assert resource.projections == issued.projections == ("transcript", "learners", "catalogue", "cmi5")
    assert resource.schema is read.SCHEMA
