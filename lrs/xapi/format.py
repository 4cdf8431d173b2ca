"""How is a statement shown in the formats ids and canonical? (Communication 2.1.3, IEEE 9274.1.1 4.1.6.1)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import orjson

from lrs.xapi import language, raw, splice
from lrs.xapi.vocabulary import IDENTIFIERS, INTERACTION_COMPONENTS, Json

Change = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class _Changes:
    """What a format does to the parts of a statement; all the rest of its text stays as it was sent."""

    actor: Change
    verb: Change
    activity: Change
    attachment: Change


def ids(text: bytes, statement: Json) -> bytes:
    """Agents, Groups, Verbs and Activities reduced to what identifies them."""
    return _changed(text, statement, _IDS)


def canonical(text: bytes, statement: Json, accept_language: str, definitions: Mapping[str, Json]) -> bytes:
    """One language in each language map, and the definitions that the store knows, by id of the Activity."""
    one = partial(_one_language, accept_language=accept_language)
    changes = _Changes(
        actor=_as_sent,
        verb=partial(splice.edit, changes={"display": one}),
        activity=partial(_canonical_activity, one_language=one, definitions=definitions),
        attachment=partial(splice.edit, changes={"display": one, "description": one}),
    )
    return _changed(text, statement, changes)


def _changed(text: bytes, statement: Json, changes: _Changes) -> bytes:
    """The text of a statement or SubStatement with its parts changed, wherever they stand."""
    about = statement["object"]
    of_object: dict[str, Change] = {
        "Activity": changes.activity,
        "Agent": changes.actor,
        "Group": changes.actor,
        "StatementRef": _as_sent,
        "SubStatement": partial(_changed, statement=about, changes=changes),
    }
    parts: dict[str, Change] = {
        "actor": changes.actor,
        "verb": changes.verb,
        "object": of_object[about.get("objectType", "Activity")],
        "context": partial(splice.edit, changes=_of_context(changes)),
        "authority": changes.actor,
        "attachments": partial(splice.edit_each, change=changes.attachment),
    }
    return splice.edit(text, parts)


def _of_context(changes: _Changes) -> dict[str, Change]:
    agent = partial(splice.edit, changes={"agent": changes.actor})
    group = partial(splice.edit, changes={"group": changes.actor})
    return {
        "instructor": changes.actor,
        "team": changes.actor,
        "contextAgents": partial(splice.edit_each, change=agent),
        "contextGroups": partial(splice.edit_each, change=group),
        "contextActivities": partial(_of_each_group, change=changes.activity),
    }


def _of_each_group(groups: bytes, change: Change) -> bytes:
    changed = {name: splice.edit_each(text, change) for name, text in raw.members(groups).items()}
    return splice.join(changed)


def _as_sent(text: bytes) -> bytes:
    return text


def _only(names: tuple[str, ...], text: bytes) -> bytes:
    members = raw.members(text)
    return splice.join({name: members[name] for name in names if name in members})


def _identified_actor(text: bytes) -> bytes:
    """An anonymous Group is nothing without its members, so it keeps them, identified in the same way."""
    members = raw.members(text)
    if any(name in members for name in IDENTIFIERS):
        return _only(("objectType", *IDENTIFIERS), text)
    reduced = _only(("objectType", "member"), text)
    return splice.edit(reduced, {"member": partial(splice.edit_each, change=_identified_actor)})


_IDS = _Changes(
    actor=_identified_actor,
    verb=partial(_only, ("id",)),
    activity=partial(_only, ("id",)),
    attachment=_as_sent,
)


def _canonical_activity(text: bytes, one_language: Change, definitions: Mapping[str, Json]) -> bytes:
    members = raw.members(text)
    known = definitions.get(orjson.loads(members["id"]))
    own = members.get("definition")
    # What says the same stays in the client's own words: written anew, 1.10 would be 1.1.
    if known is not None and (own is None or known != raw.parse_stored(own)):
        members["definition"] = orjson.dumps(known)
    component = partial(splice.edit, changes={"description": one_language})
    components = dict.fromkeys(INTERACTION_COMPONENTS, partial(splice.edit_each, change=component))
    definition = {"name": one_language, "description": one_language} | components
    return splice.edit(splice.join(members), {"definition": partial(splice.edit, changes=definition)})


def _one_language(text: bytes, accept_language: str) -> bytes:
    members = raw.members(text)
    chosen = language.choose(members, accept_language)
    return text if chosen is None else splice.join({chosen: members[chosen]})
