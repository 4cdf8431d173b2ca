"""The catalogue is read as it was at any position, and read anew only where something changed."""

from __future__ import annotations

import orjson
import pytest

from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.registrar import catalogue
from projections.catalogue import read
from projections.catalogue.mastery import DEFAULT_MASTERY, Mastery
from projections.catalogue.model import Catalogue, Entry
from projections.catalogue.model import catalogue as made_of
from projections.catalogue.project import CATALOGUE, fold
from projections.catalogue.resources import RESOURCES
from tests.projections.built import Built
from tests.registrar.samples import a_catalogue, a_course

IRI = "https://pathway.example/math-7"


@pytest.fixture
def built(database: Database, tenant: str) -> Built:
    catalogue.adopt(database, tenant, a_catalogue(), by="registrar")
    return Built(database, tenant, CATALOGUE).follow()


def at(built: Built, position: int | None = None) -> Catalogue:
    with built.log.database.connection() as connection:
        return read.catalogue_at(built.view(connection, at=position))


def define(built: Built, title: str) -> int:
    log = built.log
    body = a_course(title=title)
    position = catalogue.define(log.database, log.tenant, "course", "math-7", body, by="registrar")
    built.follow()
    return position


def test_what_a_registrar_says_is_in_the_catalogue(built: Built) -> None:
    found = at(built)
    assert found.courses["math-7"].title == "Mathematics 7"
    assert found.activities == {IRI: "math-7"}
    assert found.providers["account|https://lrs.example|maths"].id == "pathway"
    assert [each.grade for each in found.scales["letters"].steps] == ["A", "B", "F", "W"]
    assert (found.policy.version, found.position) == (5, 5)


def test_every_position_has_its_catalogue(built: Built) -> None:
    position = define(built, "Algebra")
    assert at(built).courses["math-7"].title == "Algebra"
    assert at(built, position - 1).courses["math-7"].title == "Mathematics 7"
    assert at(built, 0) == Catalogue()


def test_it_is_read_anew_only_where_something_changed(built: Built) -> None:
    before = at(built)
    assert at(built) is before
    assert at(built, before.position + 100) is before
    define(built, "Algebra")
    assert at(built) is not before


def test_an_event_that_comes_in_late_is_not_overlooked(built: Built) -> None:
    late = define(built, "Algebra") + 1
    events = list(built.log.read())
    rebuilt = Built(built.log.database, built.log.tenant, CATALOGUE, build=2)
    rebuilt.take([each for each in events if each.topic != "policy-adopted"])
    assert at(rebuilt, late).policy.version == 0
    rebuilt.take([each for each in events if each.topic == "policy-adopted"])
    assert at(rebuilt, late).policy.version == 5


def test_few_are_kept(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_KEPT", 3)
    for position in range(6):
        at(built, position)
    assert len(read._kept) == 3


def test_everything_can_be_asked_for(built: Built) -> None:
    whole = built.ask(RESOURCES, "/catalogue")
    course = built.ask(RESOURCES, "/catalogue/courses/{course}", course="math-7")
    assert whole["courses"] == [course]
    assert (course["credits"], course["activities"]) == ({"amount": "1.00", "unit": "Carnegie"}, [IRI])
    scale = built.ask(RESOURCES, "/catalogue/scales/{scale}", scale="letters")
    assert whole["scales"] == [scale]
    provider = built.ask(RESOURCES, "/catalogue/providers/{provider}", provider="pathway")
    assert whole["providers"] == [provider]
    assert provider["authorities"] == [{"account": {"homePage": "https://lrs.example", "name": "maths"}}]
    assert built.ask(RESOURCES, "/catalogue/policy") == whole["policy"]
    mapped = built.ask(RESOURCES, "/catalogue/activities", activity=IRI)
    assert mapped == {"activity": IRI, "course": "math-7"}
    assert orjson.loads(orjson.dumps(whole)) == whole


def test_what_activities_show_and_how_mastery_is_estimated_can_be_asked_for(built: Built) -> None:
    log, item = built.log, "urn:uuid:6b9c09e2-d7cc-11e8-824f-0242ac160002"
    assert at(built).mastery == DEFAULT_MASTERY
    said = {"alignments": {IRI: [item]}, "mastery": {"method": "mean", "cut": 0.7}}
    position = catalogue.adopt(log.database, log.tenant, said, by="registrar").position
    built.follow()
    assert at(built).alignments == {IRI: (item,)}
    assert at(built).mastery == Mastery("mean", {}, 0.7, 3, position)
    whole = built.ask(RESOURCES, "/catalogue")
    aligned = built.ask(RESOURCES, "/catalogue/alignments", activity=IRI)
    assert whole["alignments"] == [aligned] == [{"activity": IRI, "competencies": [item]}]
    assert whole["mastery"] == built.ask(RESOURCES, "/catalogue/mastery")
    catalogue.unalign(log.database, log.tenant, IRI, by="registrar")
    assert at(built.follow()).alignments == {}
    assert at(built, position).alignments == {IRI: (item,)}


def test_what_is_not_there_is_not_found(built: Built) -> None:
    everything = {"course": "x", "scale": "x", "provider": "x", "activity": "x"}
    for path in (
        "/catalogue/courses/{course}",
        "/catalogue/scales/{scale}",
        "/catalogue/providers/{provider}",
        "/catalogue/activities",
        "/catalogue/alignments",
    ):
        with pytest.raises(NotFound):
            built.ask(RESOURCES, path, at=None, **everything)


def test_the_fold_is_what_the_model_is_made_of(built: Built) -> None:
    folded = [change.row for event in built.log.read() for change in fold(event)]
    entries = [Entry(kind, name, at, orjson.loads(body)) for kind, name, at, body in folded]
    assert made_of(entries) == at(built)
