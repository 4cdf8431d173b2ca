"""What is a session bound to? Its registration, unit and learner, and the authority of its statements."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson

from lrs.xapi import actor
from lrs.xapi.vocabulary import Json


@dataclass(frozen=True, slots=True)
class Bound:
    """A session that was launched; `au` and `course` are the publisher's ids, `activity` is ours."""

    session: str
    registration: str
    course: str
    au: str
    activity: str
    agent: Json
    authority: Json

    @property
    def ifi(self) -> str:
        """Who the learner is."""
        return actor.ifi(self.agent) or ""

    def text(self) -> bytes:
        """As JSON."""
        return orjson.dumps(asdict(self))


def parse(text: bytes) -> Bound:
    """What `text` made."""
    return Bound(**orjson.loads(text))
