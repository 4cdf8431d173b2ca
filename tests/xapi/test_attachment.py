"""Which parts must come with which statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from lrs.xapi import attachment
from lrs.xapi.vocabulary import Json

A, B, C = "aa" * 32, "bb" * 32, "cc" * 32


@dataclass(frozen=True)
class Part:
    sha2: str


def an_attachment(sha2: str, **more: Any) -> Json:
    return {"usageType": "x:y", "display": {}, "contentType": "text/plain", "length": 9, "sha2": sha2} | more


def linked(sha2: str) -> Json:
    return an_attachment(sha2, fileUrl="http://example.com/file")


def a_statement(*attachments: Json, **changes: Any) -> Json:
    whole = {"actor": {"mbox": "mailto:a@b.c"}, "verb": {"id": "x:y"}, "object": {"id": "x:z"}}
    return whole | ({"attachments": list(attachments)} if attachments else {}) | changes


def announced(body: Json | list[Json]) -> list[attachment.Needed]:
    if isinstance(body, dict):
        return attachment.needed(body)
    return [each for place, one in enumerate(body) for each in attachment.needed(one, at=f"/{place}")]


def inside(*attachments: Json) -> Json:
    return a_statement(object=a_statement(*attachments, objectType="SubStatement"))


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (a_statement(), []),
        ([], []),
        (a_statement(an_attachment(A)), [A]),
        (a_statement(an_attachment(A)), [A.upper()]),
        (a_statement(an_attachment(A.upper())), [A]),
        (a_statement(linked(A)), []),
        (a_statement(linked(A)), [A]),
        (a_statement(an_attachment(A), linked(A), an_attachment(B)), [B, A]),
        (a_statement(an_attachment(A, length=1)), [A]),
        (inside(an_attachment(A)), [A]),
        ([a_statement(an_attachment(A)), a_statement(), inside(an_attachment(A), an_attachment(B))], [A, B]),
    ],
)
def test_these_parts_are_the_right_ones(body, sent):
    assert attachment.check(announced(body), [Part(sha2) for sha2 in sent]) == []


@pytest.mark.parametrize(
    ("body", "sent", "pointers"),
    [
        (a_statement(an_attachment(A)), [], ["/attachments/0/sha2"]),
        (a_statement(), [A], ["X-Experience-API-Hash"]),
        (a_statement(linked(A)), [B], ["X-Experience-API-Hash"]),
        (a_statement(an_attachment(A), an_attachment(B)), [A], ["/attachments/1/sha2"]),
        (a_statement(an_attachment(A)), [B], ["/attachments/0/sha2", "X-Experience-API-Hash"]),
        (inside(an_attachment(A)), [], ["/object/attachments/0/sha2"]),
        (
            [a_statement(), inside(an_attachment(A)), a_statement(linked(B), an_attachment(C))],
            [],
            ["/1/object/attachments/0/sha2", "/2/attachments/1/sha2"],
        ),
    ],
)
def test_each_missing_and_each_surplus_part_is_named(body, sent, pointers):
    faults = attachment.check(announced(body), [Part(sha2) for sha2 in sent])
    assert [fault.pointer for fault in faults] == pointers


def test_what_each_statement_needs():
    inner = inside(an_attachment(A.upper())) | {"attachments": [linked(B)]}
    assert attachment.needed(a_statement()) == []
    assert attachment.needed(inner) == [
        attachment.Needed("/attachments/0", B, "text/plain", 9, optional=True),
        attachment.Needed("/object/attachments/0", A, "text/plain", 9, optional=False),
    ]
