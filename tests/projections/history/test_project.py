"""By what an event is found: whom it is about, who did it, and what it refers to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from lrs.log.event_log import Recorded
from projections.history import words
from projections.history.project import fold, term
from tests.client import a_statement

ADA, BEN = {"mbox": "mailto:ada@example.com"}, {"openid": "https://ben.example.com"}
OFFICE = {"account": {"homePage": "http://localhost", "name": "default-1"}}
OTHER = "4bb33a54-9d3b-4d17-ba9f-0d51ae5ab4c1"


def terms(topic: str, **said: Any) -> list[UUID]:
    """All are rows of one position."""
    event = Recorded(7, datetime.now(UTC), topic, uuid4(), 1, orjson.dumps(said))
    rows = [each.row for each in fold(event)]
    assert {position for _, position in rows} == {7}
    return [found for found, _ in rows]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"actor": ADA}, ["of|mbox|mailto:ada@example.com"]),
        (
            {"actor": {"objectType": "Group", "member": [ADA, BEN, ADA]}},
            ["of|mbox|mailto:ada@example.com", "of|openid|https://ben.example.com"],
        ),
        (
            {"actor": BEN, "object": {"objectType": "StatementRef", "id": OTHER.upper()}},
            ["of|openid|https://ben.example.com", f"statement|{OTHER}"],
        ),
    ],
)
def test_a_statement_is_found_by_its_actors_its_authority_and_what_it_refers_to(
    said: dict[str, Any], found: list[str]
) -> None:
    both = {"objectType": "Group", "member": [OFFICE, ADA]}
    by = ["by|account|http://localhost|default-1", "by|mbox|mailto:ada@example.com"]
    assert set(terms("statement-stored", **a_statement(authority=both, **said))) == {
        term(*each.split("|", 1)) for each in found + by
    }


def test_an_event_that_is_thought_of_later_is_found_by_the_names_of_its_fields() -> None:
    said = {
        "by": "office",
        "reason": "asked to",
        "learner": OTHER.upper(),
        "statements": [OTHER],
        "ifi": "a|b",
    }
    assert set(terms("statement-forgotten", **said)) == {
        term(kind, value)
        for kind, value in (
            ("topic", "statement-forgotten"), ("by", "office"), ("learner", OTHER), ("of", "a|b"),
            ("statement", OTHER),
        )
    }  # fmt: skip
    assert words.of_event("statement-forgotten", said) == ("statement forgotten", said)


def test_what_is_long_is_told_in_short() -> None:
    said = {"framework": "f" * 1000, "package": {"items": ["x"] * 1000}}
    what, fields = words.of_event("framework-imported", said)
    assert (len(what), set(fields)) == (words.LONGEST, {"framework"})


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"id": "http://a.b/c", "definition": {"name": {"en": "C"}}}, "completed C"),
        ({"id": "http://a.b/c"}, "completed http://a.b/c"),
        ({"objectType": "StatementRef", "id": OTHER}, f"completed {OTHER}"),
        ({"objectType": "Agent", **ADA}, "completed Agent"),
        ({"objectType": "Group", "member": [ADA]}, "completed Group"),
        ({"objectType": "SubStatement"}, "completed SubStatement"),
    ],
)
def test_every_kind_of_object_is_told(about: dict[str, Any], told: str) -> None:
    assert words.of_statement(a_statement(object=about))[0] == told
    unnamed = a_statement(object=about, verb={"id": "http://a.b/did", "display": {}})
    assert words.of_statement(unnamed)[0] == told.replace("completed", "http://a.b/did")
