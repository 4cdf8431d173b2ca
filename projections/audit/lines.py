"""How does an auditor get the log? A line of JSON for each event, with all that its leaf is made of."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import orjson

from lrs.log import events
from lrs.log.event_log import Recorded
from lrs.xapi import time
from projections.audit import entry


def line(event: Recorded) -> bytes:
    """One event; where it was erased, or has secrets of the store, its leaf stands for the rest."""
    said: dict[str, Any] = {
        "position": event.position,
        "id": str(event.originator_id),
        "version": event.version,
        "topic": event.topic,
        "stored": time.format(event.stored),
    }
    if event.leaf is not None or event.salt is None:
        said |= {"leaf": text(entry.leaf(event)), "withheld": "erased"}
    elif events.has_secrets(event.topic):
        said |= {"leaf": text(entry.leaf(event)), "withheld": "secret"}
    else:
        # Only what somebody has tampered with is not UTF-8; with a substitute for it no proof will hold.
        said |= {"salt": text(event.salt), "state": event.state.decode(errors="replace")}
    return orjson.dumps(said) + b"\n"


def text(binary: bytes) -> str:
    """Bytes as they stand in JSON."""
    return b64encode(binary).decode()
