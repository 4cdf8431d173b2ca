"""What is a usual POST of statements, and what is answered to it? All others go the long way.

Usual is what can be admitted, checked and prepared at once: a small JSON body that came whole, without fault,
from a caller who is known here. Nothing is refused here: the long way knows how.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from lrs.auth.caller import Caller
from lrs.errors import LRSError
from lrs.http import batches, intake, observe
from lrs.http.admission import Admitted, basic_credentials
from lrs.http.context import Context
from lrs.http.multipart import Received
from lrs.http.statements import THROUGH, written
from lrs.log.writer import Entry
from lrs.xapi import version

_HEADERS = (
    b"content-length: %d\r\ncontent-type: application/json\r\n"
    + THROUGH
    + b": %b\r\nx-experience-api-version: %b\r\nx-request-id: %b\r\n"
)
# Whoever sends one of these wants something that is not usual.
UNUSUAL = frozenset({b"origin", b"content-encoding", b"upgrade"})


@dataclass(frozen=True, slots=True)
class Usual:
    """A request of which only the commit is missing."""

    caller: Caller
    version: bytes
    request_id: str
    entries: list[Entry]

    def answer(self, stored: datetime) -> tuple[bytes, bytes]:
        """Headers and body of the answer when it is stored."""
        body = orjson.dumps([each.id for each in self.entries])
        through, request_id = written(stored), self.request_id.encode()
        return _HEADERS % (len(body), through, self.version, request_id), body


def of(rooms: Context, sent: Iterable[tuple[bytes, bytes]], body: bytes) -> Usual | None:
    """The statements of a usual request, by its headers and its body; None for any other."""
    found = dict(sent)
    if found.get(b"content-type") != b"application/json" or not UNUSUAL.isdisjoint(found):
        return None
    if len(body) > min(intake.BREATH, rooms.settings.max_body):
        return None
    try:
        admitted = _admitted(rooms, found)
        gate = rooms.gates.at_hand(admitted.caller.tenant) if admitted else None
        if admitted is None or gate is None or gate.refers:
            return None
        entries = intake.prepare_at_once(batches.of(Received(body, []), rooms.settings), admitted, gate)
    except LRSError:
        return None
    request_id = observe.identify(_text(found, b"x-request-id"))
    return Usual(admitted.caller, admitted.version.encode(), request_id, entries) if entries else None


def _admitted(rooms: Context, found: Mapping[bytes, bytes]) -> Admitted | None:
    key, secret = basic_credentials(_text(found, b"authorization"))
    spoken = version.parse(_text(found, b"x-experience-api-version"))
    caller = rooms.keys.caller_at_hand(key, secret)
    if caller is None or caller.session is not None:
        return None
    caller.require("statements/write")
    return Admitted(caller, spoken)


def _text(found: Mapping[bytes, bytes], name: bytes) -> str:
    return found.get(name, b"").decode("latin-1")
