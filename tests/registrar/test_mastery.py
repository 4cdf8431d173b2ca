"""How mastery is estimated, and which activities show what, stand in the catalogue like all else."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lrs.database.pool import Database
from lrs.errors import BadRequest, NotFound
from lrs.log.events import ActivityAligned, MasteryPolicyAdopted
from lrs.registrar import catalogue, mastery
from lrs.registrar.catalogue import Change
from lrs.registrar.catalogue_file import CatalogueFile, written
from tests.registrar.samples import REGISTRAR, faults_of, recorded

QUIZ = "https://pathway.example/fractions/quiz"
ITEM, OTHER = "urn:uuid:6b9c09e2-d7cc-11e8-824f-0242ac160002", "https://frameworks.example/uri/4.NF.A.2"
SECTIONS = {
    "alignments": {QUIZ: [OTHER, ITEM, ITEM]},
    "mastery": {"method": "bkt", "parameters": {"slip": 0.05}, "cut": 0.9},
}


def define(database: Database, tenant: str, policy: Any) -> int:
    return catalogue.define(database, tenant, "mastery", "", policy, by=REGISTRAR)


def test_both_are_adopted_with_their_defaults(database: Database, tenant: str) -> None:
    adopted = catalogue.adopt(database, tenant, SECTIONS, by=REGISTRAR)
    assert adopted.changes == [Change("alignment", QUIZ, new=True), Change("mastery", "", new=True)]
    parameters = {"known": 0.4, "learn": 0.3, "slip": 0.05, "guess": 0.2}
    assert recorded(database, tenant) == [
        ActivityAligned(QUIZ, [OTHER, ITEM], REGISTRAR),
        MasteryPolicyAdopted("bkt", parameters, 0.9, 3, REGISTRAR),
    ]


def test_what_is_exported_says_the_same(database: Database, tenant: str) -> None:
    catalogue.adopt(database, tenant, SECTIONS, by=REGISTRAR)
    exported = catalogue.export(database, tenant)
    assert list(exported) == ["alignments", "mastery"]
    file = CatalogueFile(written(exported))
    assert catalogue.adopt(database, tenant, file.content, by=REGISTRAR).changes == []


def test_an_activity_shows_nothing_any_longer(database: Database, tenant: str) -> None:
    align = catalogue.align_activity
    position = align(database, tenant, QUIZ, {"competencies": [ITEM, OTHER]}, by=REGISTRAR)
    assert align(database, tenant, QUIZ, {"competencies": [OTHER, ITEM]}, by="x") == position
    assert catalogue.unalign(database, tenant, QUIZ, by=REGISTRAR) == position + 1
    assert catalogue.unalign(database, tenant, QUIZ, by=REGISTRAR) == position + 1
    assert catalogue.export(database, tenant) == {}
    with pytest.raises(NotFound):
        catalogue.unalign(database, tenant, "https://pathway.example/other", by=REGISTRAR)
    never = {"alignments": {"https://pathway.example/other": None, QUIZ: []}}
    assert catalogue.adopt(database, tenant, never, by=REGISTRAR).changes == []


def test_faults_of_an_alignment_are_told_where_they_are(database: Database, tenant: str) -> None:
    for body, pointers in (
        ({"competencies": [ITEM, "4.NF.A.1"]}, {"/competencies/1"}),
        ({"competencies": []}, {"/competencies"}),
        ({"more": 1}, {"/competencies", "/more"}),
    ):
        with pytest.raises(BadRequest) as error:
            catalogue.align_activity(database, tenant, QUIZ, body, by=REGISTRAR)
        assert set(faults_of(error)) == pointers


@pytest.mark.parametrize("method", mastery.METHODS)
def test_every_method_has_its_parameters(database: Database, tenant: str, method: str) -> None:
    define(database, tenant, {"method": method})
    (event,) = recorded(database, tenant)
    assert isinstance(event, MasteryPolicyAdopted)
    assert (event.method, event.cut, event.needed) == (method, 0.8, 3)
    assert set(event.parameters) == set(mastery.METHODS[method])
    assert list(mastery.faults({"method": method, "parameters": event.parameters}, "")) == []


@pytest.mark.parametrize(
    ("policy", "pointer", "rule"),
    [
        ({}, "/method", "is missing"),
        ({"method": "median"}, "/method", "must be decaying-average"),
        ({"method": "mean", "parameters": {"weight": 1}}, "/parameters/weight", "no parameters"),
        ({"method": "elo", "parameters": {"c": 1}}, "/parameters/c", "elo has a, b, difficulty"),
        ({"method": "bkt", "parameters": {"slip": 1.5}}, "/parameters/slip", "must be from 0 to 1"),
        ({"method": "bkt", "parameters": {"slip": 0.8}}, "/parameters", "less than 1 together"),
        ({"method": "bkt", "parameters": {"slip": "much"}}, "/parameters/slip", "must be a number"),
        ({"method": "bkt", "parameters": {"slip": math.nan}}, "/parameters/slip", "must be a number"),
        ({"method": "n-mastery", "parameters": {"n": 2.5}}, "/parameters/n", "whole number"),
        ({"method": "mean", "cut": 0}, "/cut", "above 0"),
        ({"method": "mean", "needed": 0}, "/needed", "from 1 to 1000"),
        ({"method": "mean", "more": 0}, "/more", "is not known"),
    ],
)
def test_what_makes_no_sense_is_told(
    database: Database, tenant: str, policy: Any, pointer: str, rule: str
) -> None:
    with pytest.raises(BadRequest) as error:
        define(database, tenant, policy)
    assert rule in faults_of(error)[pointer]
    assert recorded(database, tenant) == []
