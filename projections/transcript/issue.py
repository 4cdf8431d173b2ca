"""Is a transcript still what went out? Its canonical bytes and their hash, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import orjson

from lrs.xapi.vocabulary import Json
from projections.testimony.moments import moment
from projections.transcript.evidence import Issue

# When it was read says nothing about the learner, and neither does what else went out.
APART = frozenset({"position", "as_of", "issued", "sha256"})


def canonical(document: Json) -> bytes:
    """What is hashed: the document without `position`, `as_of`, `issued` and `sha256`.

    By RFC 8785: UTF-8, members sorted by name at every level, no white space. The only numbers are positions,
    which everybody writes alike; what is no whole number is text.
    """
    return orjson.dumps(_content(document), option=orjson.OPT_SORT_KEYS)


def digest(document: Json) -> str:
    """The SHA-256 of the canonical bytes, in hex: two documents that say the same have the same."""
    return sha256(canonical(document)).hexdigest()


def changes(issued: Json, now: Json) -> list[Json]:
    """Where two documents differ, each with the old and the new value; null where there is none.

    The pointers are as in RFC 6901, only that entries of lists are told apart by what they are about, so that
    a new line moves no other.
    """
    return list(_changes("", _content(issued), _content(now)))


def seal(document: Json, issues: Iterable[Issue]) -> Json:
    """The document with its hash, and what went out: superseded where its hash is another."""
    now = digest(document)
    issued = [listed(each, now) for each in sorted(issues)]
    return {**document, "issued": issued, "sha256": now}


def listed(issue: Issue, now: str) -> Json:
    """What went out, beside the hash of what the transcript says now."""
    return {
        "transcript": issue.transcript,
        "position": issue.of,
        "sha256": issue.sha256,
        "by": issue.by,
        "at": moment(issue.at),
        "superseded": issue.sha256.lower() != now,
    }


def compared(issue: Issue, then: Json, now: Json) -> Json:
    """The same with what has changed.

    `reproduced` says whether what was known then still makes what went out. After an event that had been set
    aside, or in another release, it may not: then `changes` are those since, and not all.
    """
    return {
        **listed(issue, digest(now)),
        "of": issue.of,
        "reproduced": digest(then) == issue.sha256.lower(),
        "changes": changes(then, now),
    }


def _content(document: Json) -> Json:
    return {name: value for name, value in document.items() if name not in APART}


def _changes(pointer: str, old: Any, new: Any) -> Iterator[Json]:
    if old == new:
        return
    old_members, new_members = _members(old), _members(new)
    if old_members is None or new_members is None:
        yield {"pointer": pointer, "old": old, "new": new}
        return
    for name in sorted(old_members.keys() | new_members.keys()):
        yield from _changes(f"{pointer}/{_escaped(name)}", old_members.get(name), new_members.get(name))


def _members(value: Any) -> Json | None:
    """By name, or for a list of objects by what each is about; None where there is nothing to go into."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return None
    named = {name: each for each in value if (name := _name(each))}
    return named if len(named) == len(value) else None


def _name(entry: Json) -> str | None:
    """A line is told by course, origin and term, other things by their ids; attempts have none."""
    if "course" in entry and "basis" in entry:
        own = entry["basis"]["decisions"] if entry["began"] is None else []
        parts = [entry["course"], entry["provider"]["id"], entry["term"], entry["registration"], *own[:1]]
        return " ".join(part for part in parts if part)
    ids = (entry.get(name) for name in ("decision", "activity", "statement"))
    return next((each for each in ids if each), None)


def _escaped(name: str) -> str:
    """RFC 6901 3."""
    return name.replace("~", "~0").replace("/", "~1")
