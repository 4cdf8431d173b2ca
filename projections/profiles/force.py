"""Which profiles are in force? Each as it was added last, unless it is switched off."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import orjson

from lrs.errors import NotFound
from projections.projection import Ask
from xapi_profiles import InvalidProfile, Profile, Profiles, load

LOG = logging.getLogger("projections.profiles")
OFF, ANNOTATE = "off", "annotate"
# Compiled, a large one takes a few megabytes.
MOST_KEPT = 64

_alone: dict[str, Profile | None] = {}
_together: dict[tuple[str, ...], Profiles] = {}
Key = TypeVar("Key")


class Added(NamedTuple):
    """A profile as it was added last, at a position; its document is known by its hash."""

    profile: str
    position: int
    sha256: str
    policy: str


def known(changes: Iterable[Sequence[Any]]) -> dict[str, Added]:
    """All profiles by their ids, given what was added and adopted, oldest first."""
    added: dict[str, Added] = {}
    policies: dict[str, str] = {}
    for position, profile, sha256, policy in changes:
        if policy is None:
            added[profile] = Added(profile, position, sha256, ANNOTATE)
        else:
            policies[profile] = policy
    return {name: added[name]._replace(policy=policies.get(name, ANNOTATE)) for name in sorted(added)}


def in_force(changes: Iterable[Sequence[Any]]) -> list[Added]:
    """Those that are not switched off, by their ids."""
    return [each for each in known(changes).values() if each.policy != OFF]


def alone(ask: Ask, added: Added) -> Profile | None:
    """One, ready to check against without the others; None where it cannot be used any more."""
    if added.sha256 not in _alone:
        _keep(_alone, added.sha256, _loaded(document(ask, added)))
    return _alone[added.sha256]


def usable(ask: Ask, added: Added) -> Profile:
    """The same; NotFound where it cannot be used."""
    if (profile := alone(ask, added)) is None:
        raise NotFound(f"The profile {added.profile[:200]} cannot be used any more; add it anew.")
    return profile


def together(ask: Ask, several: Iterable[Added]) -> Profiles:
    """All that can be used, whose Patterns may use what the others define (Structure 9.0)."""
    usable = [each for each in several if alone(ask, each)]
    key = tuple(each.sha256 for each in usable)
    if key not in _together:
        _keep(_together, key, _joined([document(ask, each) for each in usable]))
    return _together[key]


def document(ask: Ask, added: Added) -> Any:
    """The document, as it came."""
    ((text,),) = ask("document", {"added": added.position})
    return orjson.loads(text)


def _loaded(document: Any) -> Profile | None:
    try:
        (profile,) = load(document)
    except InvalidProfile as error:
        LOG.warning("%s cannot be used: %s", document.get("id"), "; ".join(map(str, error.faults)))
        return None
    return profile


def _joined(documents: Sequence[Any]) -> Profiles:
    """Together, or where they cannot stand beside each other, each as it is alone."""
    try:
        return load(*documents)
    except InvalidProfile as error:
        LOG.warning("%s is used without the others: %s", error.source, "; ".join(map(str, error.faults)))
        return Profiles(profile for each in documents for profile in load(each))


def _keep(kept: dict[Key, Any], key: Key, value: object) -> None:
    """All but the oldest; another thread may have been faster."""
    kept[key] = value
    for oldest in list(kept)[:-MOST_KEPT]:
        kept.pop(oldest, None)
