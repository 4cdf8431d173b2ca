"""Which moment? As a number that is compared and kept, and as text that is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from lrs.xapi import time

_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - time.EPOCH) // _MICROSECOND


def moment(at: int | None) -> str | None:
    """Microseconds since 1970 as `time.format` writes them; a document may have a thousand."""
    if at is None:
        return None
    seconds, microsecond = divmod(at, 1_000_000)
    day, second = divmod(seconds, 86_400)
    minute, second = divmod(second, 60)
    return f"{_date(day)}T{minute // 60:02}:{minute % 60:02}:{second:02}.{microsecond:06}Z"


@lru_cache(maxsize=1 << 12)
def _date(day: int) -> str:
    return (time.EPOCH.date() + timedelta(days=day)).isoformat()
