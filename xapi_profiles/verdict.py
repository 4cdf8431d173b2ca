"""What can profiles say of a statement?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from xapi_profiles.concepts import Misuse
from xapi_profiles.templates import Match

Mode = Literal["spec", "any"]
Outcome = Literal["valid", "invalid", "unmatched"]


class NotAStatement(ValueError):
    """This has not even the shape of a statement."""


class ProfileVerdict(NamedTuple):
    """What one profile says of a statement.

    `declared` is whether the statement itself says that it conforms; `matches` has every template whose
    Determining Properties it has, `misuses` every Concept that it uses otherwise than it is defined.
    """

    profile: str
    version: str
    declared: bool
    outcome: Outcome
    matches: Sequence[Match]
    misuses: Sequence[Misuse]

    @property
    def followed(self) -> list[str]:
        """The templates that the statement matches and follows."""
        return [one.template for one in self.matches if one.followed]


class Verdict(NamedTuple):
    """What all profiles say: invalid where one says so, else valid where one says so, else unmatched."""

    outcome: Outcome
    profiles: Sequence[ProfileVerdict]
