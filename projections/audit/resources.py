"""What can be asked about the audit tree? Proofs, for several statements at once, and what was signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lrs.errors import BadRequest, Fault
from lrs.log.positions import MOST_DIGITS, whole_number
from lrs.xapi import time
from projections.audit import checkpoints, proofs
from projections.audit.project import NAME
from projections.audit.tree import Tree
from projections.resource import Json, Resource, View

MOST_PROOFS = 500
MOST_CHECKPOINTS = 100


def _inclusion(view: View, asked: Mapping[str, str]) -> Json:
    size = _number(asked, "size", 1, view.position, default=view.position)
    tree = Tree(view)
    if ("statement" in asked) == ("position" in asked):
        raise BadRequest(faults=[Fault("statement", "either this or position says what is to be proven")])
    if "statement" in asked:
        return proofs.of_statements(tree, _statements(asked["statement"]), size)
    places = [_parsed("position", each, 1, size) for each in _several("position", asked["position"])]
    return proofs.inclusion(tree, places, size)


def _consistency(view: View, asked: Mapping[str, str]) -> Json:
    second = _number(asked, "second", 0, view.position, default=view.position)
    return proofs.consistency(Tree(view), _number(asked, "first", 0, second), second)


def _checkpoints(view: View, asked: Mapping[str, str]) -> Json:
    before = _number(asked, "before", 1, 10**MOST_DIGITS - 1, default=view.position + 1)
    limit = _number(asked, "limit", 1, MOST_CHECKPOINTS, default=MOST_CHECKPOINTS)
    before = min(before, view.position + 1)
    found = checkpoints.some(view.connection, view.tenant, before=before, limit=limit)
    shown = [
        {"size": each.size, "made": time.format(each.made), "note": each.note.decode()} for each in found
    ]
    return {"checkpoints": shown}


def _statements(given: str) -> list[UUID]:
    try:
        return [UUID(each) for each in _several("statement", given)]
    except ValueError:
        raise BadRequest(faults=[Fault("statement", "must be ids of statements, which are UUIDs")]) from None


def _several(name: str, given: str) -> list[str]:
    several = given.split(",")
    if len(several) > MOST_PROOFS:
        raise BadRequest(faults=[Fault(name, f"may name {MOST_PROOFS} at most, with commas between them")])
    return several


def _number(asked: Mapping[str, str], name: str, least: int, most: int, *, default: int | None = None) -> int:
    if name not in asked and default is not None:
        return _parsed(name, str(default), least, most)
    return _parsed(name, asked.get(name, ""), least, most)


def _parsed(name: str, given: str, least: int, most: int) -> int:
    found = whole_number(given)
    if found is not None and least <= found <= most:
        return found
    if most < least:
        raise BadRequest(faults=[Fault(name, "nothing can be proven: the audit tree has no leaf yet")])
    raise BadRequest(faults=[Fault(name, f"must be a whole number from {least} to {most}")])


def _query(name: str, description: str, *, required: bool = False, of: str = "integer") -> Json:
    schema: dict[str, Any] = {"type": of}
    return {
        "name": name, "in": "query", "required": required, "description": description, "schema": schema,
    }  # fmt: skip


_SIZE = _query("size", "The size of the log that the proof is for: that of a checkpoint, or what is known.")

RESOURCES = (
    Resource(
        "/audit/proof/inclusion",
        "Proofs that statements, or events, are in the log.",
        "audit/read",
        (NAME,),
        _inclusion,
        [
            _query("statement", "Ids of statements, with commas between them.", of="string"),
            _query("position", "Or positions of events, with commas between them.", of="string"),
            _SIZE,
        ],
        learner="",
        personal=False,
    ),
    Resource(
        "/audit/proof/consistency",
        "The proof that the log of one size begins the log of another.",
        "audit/read",
        (NAME,),
        _consistency,
        [
            _query("first", "The smaller size.", required=True),
            _query("second", "The larger size; what is known, if it is left out."),
        ],
        learner="",
        personal=False,
    ),
    Resource(
        "/audit/checkpoints",
        "The signed checkpoints, newest first.",
        "audit/read",
        (NAME,),
        _checkpoints,
        [
            _query("before", "Only of smaller sizes than this."),
            _query("limit", f"The most to return, {MOST_CHECKPOINTS} at most."),
        ],
        learner="",
        personal=False,
    ),
)
