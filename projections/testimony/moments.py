"""Which moment? As a number that is compared and kept, and as text that is read."""

from __future__ import annotations

from datetime import datetime, timedelta

from lrs.xapi import time

_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - time.EPOCH) // _MICROSECOND


def moment(at: int | None) -> str | None:
    """Microseconds since 1970 as a timestamp."""
    return None if at is None else time.format(time.EPOCH + timedelta(microseconds=at))
