"""Which rows does an event about the catalogue make? One: the event itself, under what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from lrs.log.event_log import Recorded
from lrs.log.events import (
    ActivityAligned,
    ActivityMapped,
    CourseDefined,
    GradingScaleDefined,
    MasteryPolicyAdopted,
    PolicyAdopted,
    ProviderRevoked,
    ProviderTrusted,
)
from projections.projection import Insert, Projection

# The kind of thing that an event is about, and the field that names it.
_ABOUT = {
    ProviderTrusted.topic: ("provider", "provider"),
    ProviderRevoked.topic: ("provider", "provider"),
    GradingScaleDefined.topic: ("scale", "scale"),
    CourseDefined.topic: ("course", "course"),
    ActivityMapped.topic: ("activity", "activity"),
    ActivityAligned.topic: ("alignment", "activity"),
    PolicyAdopted.topic: ("policy", ""),
    MasteryPolicyAdopted.topic: ("mastery", ""),
}


def fold(event: Recorded) -> Iterator[Insert]:
    """The row of one event."""
    kind, name = _ABOUT[event.topic]
    thing = orjson.loads(event.state)[name] if name else ""
    yield Insert("entry", (kind, thing, event.position, event.state))


CATALOGUE = Projection("catalogue", 2, frozenset(_ABOUT), fold, Path(__file__).parent)
