"""What may a key be given? Scopes that exist, an authority that statements may carry, one learner's own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from lrs.auth.scopes import OF_A_LEARNER, SCOPES
from lrs.errors import OperatorError
from lrs.xapi import check as rules
from lrs.xapi.vocabulary import Json


def check(scopes: Sequence[str], authority: Json) -> None:
    """OperatorError unless these are scopes, and this is an authority."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise OperatorError(
            f"Unknown scopes: {', '.join(unknown) or 'none given'}. They are {', '.join(SCOPES)}."
        )
    if faults := rules.authority(authority, "2.0.0", at="/authority"):
        raise OperatorError("The authority is neither an Agent nor a Group of two.", faults=faults)


def bound(learner: str, scopes: Sequence[str]) -> str:
    """The learner's id as it is always written, or nothing where the key is nobody's."""
    if not learner:
        return ""
    if further := sorted(set(scopes) - OF_A_LEARNER):
        may = ", ".join(sorted(OF_A_LEARNER))
        raise OperatorError(f"A key of one learner may have the scope {may}, and not {', '.join(further)}.")
    try:
        return str(UUID(learner))
    except ValueError:
        raise OperatorError(f"{learner!r} is no learner's id: it must be a UUID.") from None
