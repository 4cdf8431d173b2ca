"""What does a stored statement say that filters ask for? Its text, and nothing is made of all the rest.

Somebody may have filled megabytes of extensions with what takes long to read, and refer to it ever again.
"""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec

from lrs.store import rows


class _Identified(TypedDict, total=False):
    """A verb or an activity."""

    id: str


class _Account(TypedDict, total=False):
    homePage: str
    name: str


class _Actor(TypedDict, total=False):
    """An Agent or a Group."""

    mbox: str
    mbox_sha1sum: str
    openid: str
    account: _Account
    member: list[_Actor]


class _ContextAgent(TypedDict, total=False):
    agent: _Actor


class _ContextGroup(TypedDict, total=False):
    group: _Actor


class _Context(TypedDict, total=False):
    registration: str
    instructor: _Actor
    team: _Actor
    contextActivities: dict[str, list[_Identified] | _Identified]
    contextAgents: list[_ContextAgent]
    contextGroups: list[_ContextGroup]


class _Statement(TypedDict, total=False):
    """A statement or a SubStatement."""

    actor: _Actor
    verb: _Identified
    object: _Object
    context: _Context
    authority: _Actor


class _Object(_Statement, _Actor, _Identified, total=False):
    """What it can be: an Activity, an Agent or a Group, a SubStatement, a StatementRef."""

    objectType: str


_gist = msgspec.json.Decoder(_Statement)


def terms(text: bytes) -> set[bytes]:
    """The terms of a statement as it is stored, its authority's too."""
    statement: Any = _gist.decode(text)  # a plain dict
    return rows.terms(statement)
