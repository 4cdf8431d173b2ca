"""What may a unit do with the key of its session? What the specification says that an LMS must reject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lrs.cmi5 import registration, said, sessions, structure, words
from lrs.cmi5.bound import Bound
from lrs.cmi5.said import Said
from lrs.cmi5.sessions import Session
from lrs.errors import Fault
from lrs.xapi import actor
from lrs.xapi.vocabulary import VOIDED, Json

# Later than anything in the log.
_LAST = 2**62
_READING = frozenset({"GET", "HEAD"})


def statements(bound: Bound, documents: Sequence[Json], before: Iterable[Said]) -> list[Fault]:
    """Every rule that new statements break, given what was said in the registration before."""
    known = [each for each in before if each.actor == bound.ifi]
    ids = {each.statement for each in known}
    faults: list[Fault] = []
    for number, document in enumerate(documents):
        at = f"/{number}" if len(documents) > 1 else ""
        found = said.of(document, _LAST + number)
        faults += [
            Fault(at + where, rule, f"cmi5 {section}") for where, rule, section in _alone(bound, document)
        ]
        if found and found.statement not in ids:
            faults += [Fault(at, rule, f"cmi5 {section}") for rule, section in _beside(bound, found, known)]
            known.append(found)
    return faults


def _alone(bound: Bound, document: Json) -> Iterator[tuple[str, str, str]]:
    """What a statement breaks whatever was said before, but for the rules of `broken`."""
    context = document.get("context", {})
    if document["verb"]["id"] == VOIDED:
        yield "/verb/id", "a unit must not void statements", "6.3"
    if "id" not in document:
        yield "/id", "is missing: the unit gives each statement its id", "9.1"
    timestamp = document.get("timestamp", "")
    if not timestamp.upper().endswith(("Z", "+00:00")):
        yield "/timestamp", "must be there, in UTC", "9.7"
    if actor.is_group(document["actor"]) or actor.ifi(document["actor"]) != bound.ifi:
        yield "/actor", "must be the learner of the session", "9.2"
    if str(context.get("registration", "")).lower() != bound.registration:
        yield "/context/registration", "must be that of the session", "9.6.1"
    if context.get("extensions", {}).get(words.SESSION) != bound.session:
        yield "/context/extensions", "must have the id of the session", "9.6.3.1"
    if bound.au not in said.ids(context, "grouping"):
        yield "/context/contextActivities/grouping", "must have all of the contextTemplate", "10.2.1"


def _beside(bound: Bound, new: Said, known: Sequence[Said]) -> Iterator[tuple[str, str]]:
    """What it breaks by itself or beside the others, which broke nothing."""
    if new.defined:
        if new.verb in words.BY_THE_LAUNCHER or new.verb not in words.IRIS:
            yield f"{new.verb} is no verb of a unit with the category cmi5", "9.3"
        if new.object != bound.activity:
            yield "the object must be the activity that was launched", "8.1.5"
    session = Session(bound.session, [each for each in known if each.session == bound.session])
    if any(each.defined and each.verb == "terminated" for each in session.said):
        yield "nothing must be said after terminated", "9.3.8"
    session.said = sorted([*session.said, new], key=sessions.order)
    found = [*sessions.violations(session), *registration.across([*known, new], _units([*known, new]))]
    for each in found:
        late_end = each.name == "terminated-last" and new.verb == "terminated"
        if new.statement in each.statements or late_end:
            yield each.rule, each.section


def _units(known: Iterable[Said]) -> dict[str, str]:
    return {each.statement: each.object for each in known if each.defined and each.verb != "satisfied"}


def document(
    bound: Bound,
    method: str,
    kind: str,
    *,
    activity: str | None,
    agent: str | None,
    registration: str | None,
    document_id: str | None,
) -> Iterator[Fault]:
    """Why a unit may not read or change a document; `agent` is an ifi."""
    if activity is not None and activity != bound.activity:
        yield Fault("activityId", "must be the activity that was launched", "cmi5 8.1.5")
    if agent is not None and agent != bound.ifi:
        yield Fault("agent", "must be the learner of the session", "cmi5 8.1.3")
    if kind == "state" and registration != bound.registration:
        yield Fault("registration", "must be that of the session", "cmi5 8.1.4")
    if method in _READING:
        return
    if kind == "state" and document_id in (None, words.LAUNCH_DATA):
        yield Fault("stateId", "LMS.LaunchData must not be changed", "cmi5 10.2.1")
    if kind == "agent_profile" and (document_id != words.PREFERENCES or method == "DELETE"):
        yield Fault("profileId", f"a unit changes {words.PREFERENCES} and nothing else", "cmi5 11")
    if kind == "activity_profile":
        yield Fault("activityId", "a unit only reads what all learners share", "cmi5 12")


def preferences(content: Any) -> Iterator[Fault]:
    """What is wrong with learner preferences (section 11)."""
    if not isinstance(content, dict) or set(content) != {"languagePreference", "audioPreference"}:
        yield Fault("", "must be a JSON object with languagePreference and audioPreference", "cmi5 11")
        return
    languages = content["languagePreference"]
    tags = languages.split(",") if isinstance(languages, str) else [""]
    if not all(structure.is_language(each) for each in tags):
        yield Fault("/languagePreference", "must be language tags with commas between them", "cmi5 11.1")
    if content["audioPreference"] not in ("on", "off"):
        yield Fault("/audioPreference", "must be on or off", "cmi5 11.2")
