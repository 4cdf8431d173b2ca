"""Who says directly what she can do? The verbs of the profiles TLA and learnercompetency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from lrs.xapi import actor, time
from lrs.xapi.vocabulary import Json
from projections.testimony import parts
from projections.testimony.moments import microseconds

Kind = Literal["judged", "gained", "lost", "planned", "dropped", "refused"]

_TLA = "https://w3id.org/xapi/tla/verbs/"
_LEARNER_COMPETENCY = "https://w3id.org/xapi/comp/verbs/"
CONFIDENCE = "https://w3id.org/xapi/tla/extensions/confidence"
EVIDENCE = "https://w3id.org/xapi/tla/extensions/evidence"
LEARNER = "https://w3id.org/xapi/tla/extensions/learner"
EXPIRES = "https://w3id.org/xapi/comp/contextextensions/expires"

_KINDS: dict[str, Kind] = {
    "assessed": "judged",
    "asserted": "judged",
    "validated": "judged",
    "inferred": "judged",
    "contextualized": "judged",
    "achieved": "gained",
    "conferred": "gained",
    "verified": "gained",
    "revoked": "lost",
    "forfeited": "lost",
    "expired": "lost",
    "planned": "planned",
    "deselected": "dropped",
}
NAMES = {f"{space}{verb}": verb for space in (_TLA, _LEARNER_COMPETENCY) for verb in _KINDS}
# These end a goal; their object is a StatementRef to the statement that set it.
ENDING = frozenset({"achieved", "deselected"})


class Direct(NamedTuple):
    """What is said directly; `confidence` as a probability or a score, `expires` in microseconds since 1970.

    What is refused counts for nothing, and `reason` says why.
    """

    kind: Kind
    verb: str
    confidence: float | None = None
    expires: int | None = None
    evidence: Sequence[str] = ()
    reason: str = ""


def read(verb: str, statement: Json, score: float | None = None) -> Direct:
    """What a statement with one of these verbs says, whose result has this score, if any.

    Whoever says how sure they are (-1 to 1) judges, whichever of the verbs that gain they use; whoever judges
    without saying so says it by the score. What did not succeed is neither gained nor lost.
    """
    extensions = statement.get("context", {}).get("extensions", {})
    confidence = _probability(extensions.get(CONFIDENCE))
    kind = _KINDS[verb]
    if kind in ("gained", "lost") and statement.get("result", {}).get("success") is False:
        return Direct("refused", verb, reason=f"{verb}, but the result's success is false")
    if kind == "gained" and confidence is not None:
        kind = "judged"
    if kind == "judged" and confidence is None:
        confidence = score
    evidence = [each for each in _several(extensions.get(EVIDENCE)) if isinstance(each, str)]
    return Direct(kind, verb, confidence, _moment(extensions.get(EXPIRES)), evidence)


def learners(statement: Json) -> Iterable[str]:
    """Of whom it is said: the learner that the context names, else whom it is done to, else the actor."""
    named = statement.get("context", {}).get("extensions", {}).get(LEARNER)
    if named is not None:
        return _identified(named)
    about = statement["object"]
    who = about if about.get("objectType") in ("Agent", "Group") else statement["actor"]
    return [ifi for ifi, _ in parts.actors(who)]


def _identified(named: Any) -> Iterator[str]:
    """An Agent in an extension, where nobody has checked it."""
    try:
        ifi = actor.ifi(named)
    except (AttributeError, KeyError, TypeError):
        return
    if ifi is not None:
        yield ifi


def _probability(confidence: Any) -> float | None:
    if type(confidence) not in (int, float) or not -1 <= confidence <= 1:
        return None
    return float((confidence + 1) / 2)


def _moment(expires: Any) -> int | None:
    try:
        return microseconds(time.parse(expires))
    except (TypeError, ValueError):
        return None


def _several(given: Any) -> Iterable[Any]:
    if isinstance(given, list):
        return given
    return () if given is None else (given,)
