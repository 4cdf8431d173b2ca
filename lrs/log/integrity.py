"""Is the log whole and in order? What somebody changed past its trigger shows in its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from lrs.errors import LRSError
from lrs.log.event_log import Head, Recorded
from lrs.log.events import STATEMENT_STORED
from lrs.xapi import raw, time


class Wrong(NamedTuple):
    """What is not as it should be: in which table, at which place of it, and why not."""

    table: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.table}, {self.place}: {self.what}"


class Check(Protocol):
    """Sees every row of the log in order, and tells what is wrong with what it compares them with."""

    def see(self, event: Recorded, /) -> Iterator[Wrong]:
        """What is wrong, as far as this row shows it."""

    def end(self) -> Iterator[Wrong]:
        """What is wrong, now that all rows were seen."""


class Order:
    """Positions are 1, 2, 3, …, times grow, and statements say of themselves what their rows say of them."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self._last = Head(0, time.EPOCH)

    def see(self, event: Recorded) -> Iterator[Wrong]:
        """Compare it with the one before."""
        expected = self._last.position + 1
        if event.position != expected:
            yield Wrong("log", f"position {expected}", f"is missing; position {event.position} follows")
        if event.stored <= self._last.stored:
            yield Wrong(
                "log", place(event), f"was stored at {time.format(event.stored)}, not after the one before"
            )
        if event.leaf is None and event.topic == STATEMENT_STORED:
            yield from _of_itself(event)
        self._last = Head(event.position, event.stored)

    def end(self) -> Iterator[Wrong]:
        """Compare the last one with the head row."""
        if self._last.position and self.head != self._last:
            at, last = f"position {self.head.position}", self._last
            yield Wrong("head", at, f"the log ends at {last.position}, stored {time.format(last.stored)}")


def place(event: Recorded) -> str:
    """Where an event is, as people look for it."""
    of = f" (statement {event.originator_id})" if event.topic == STATEMENT_STORED else f" ({event.topic})"
    return f"position {event.position}{of}"


def _of_itself(event: Recorded) -> Iterator[Wrong]:
    try:
        said: Any = raw.parse_stored(event.state)
        own = str(said["id"]).lower(), said["stored"]
    except (LRSError, LookupError, TypeError, ValueError):
        yield Wrong("log", place(event), "its state is no statement")
        return
    if own != (str(event.originator_id), time.format(event.stored)):
        yield Wrong("log", place(event), f"its statement says that it is {own[0]}, stored {own[1]}")
