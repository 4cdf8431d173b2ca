"""What does the audit tree vouch for? One entry for each event: all of its row in the log, behind its salt.

The text of an entry is a promise to every auditor, and stands in docs/auditors/README.md.
"""

from __future__ import annotations

from lrs.log.event_log import Recorded
from lrs.xapi import time
from projections.audit import merkle


def row(event: Recorded) -> bytes:
    """The row: position, id, version, topic and time, a line each, and then the bytes of the state."""
    stored = time.format(event.stored)
    head = f"{event.position}\n{event.originator_id}\n{event.version}\n{event.topic}\n{stored}\n"
    return head.encode() + event.state


def leaf(event: Recorded) -> bytes:
    """The hash of its leaf; of an erased event it is what has been kept."""
    if event.leaf is not None:
        return event.leaf
    if event.salt is None:
        raise ValueError(f"the event at position {event.position} came without its salt")
    return merkle.leaf(event.salt + row(event))
