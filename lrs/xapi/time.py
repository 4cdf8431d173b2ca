"""Which moment, which duration? Timestamps and durations as xAPI writes them (Data 4.5, 4.6)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# ISO 8601, extended or basic, to any precision; RFC 3339 (xAPI 2.0) is a part of it.
# Data 4.5: an offset of -00, -0000 or -00:00 says that nobody knows the offset, and is refused.
_TIMESTAMP = re.compile(
    r"""(?: \d{4}-\d\d-\d\d (?: [Tt]\d\d (?: :\d\d (?: :\d\d(?:[.,]\d+)? )?)? OFFSET? )?
          | \d{4}  \d\d  \d\d (?: [Tt]\d\d (?:  \d\d (?:  \d\d(?:[.,]\d+)? )?)? OFFSET? )? )
    """.replace("OFFSET", r"(?: [Zz] | (?: \+ | -(?!00(?::?00)?\Z) )(?:[01]\d|2[0-3])(?: :?[0-5]\d )? )"),
    re.ASCII | re.VERBOSE,
)
_LEAP_SECOND = re.compile(r"(?<=T\d\d:\d\d:)60|(?<=T\d{4})60", re.ASCII)

# The lowest component alone may have a fraction, and at least one component is there.
_DURATION = re.compile(
    r"""P(?=[^.,]*[0-9](?:[.,][0-9]+)?[A-Z]$)
        (?: (N)W | (?:(N)Y)? (?:(N)M)? (?:(N)D)? (?: T (?:(N)H)? (?:(N)M)? (?:(N)S)? )? )
    """.replace("N", "[0-9.,]+"),
    re.VERBOSE,
)


def parse(text: str) -> datetime:
    """The moment in UTC, to the microsecond; UTC is meant where no offset stands. Raises ValueError."""
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError("This is no timestamp of ISO 8601.")
    # RFC 3339 5.6 knows the second 60, datetime does not: it is the second after 59.
    usual, leap = _LEAP_SECOND.subn("59", text.upper(), count=1) if "60" in text else (text.upper(), 0)
    moment = datetime.fromisoformat(usual)
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment + timedelta(seconds=leap)
    except OverflowError:
        raise ValueError("In UTC this timestamp is before the year 1 or after the year 9999.") from None


def is_timestamp(text: str) -> bool:
    """Whether the text names a moment that exists."""
    try:
        parse(text)
    except ValueError:
        return False
    return True


def format(moment: datetime) -> str:
    """The moment in UTC with all six digits: isoformat drops them when they are zero."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def is_duration(text: str) -> bool:
    """Whether the text is a duration of ISO 8601:2004 4.4.3.2."""
    return _DURATION.fullmatch(text) is not None


def same_duration(one: str, other: str) -> bool:
    """Whether two durations are equal as far as 0.01 s (Data 4.6: what is finer is not compared)."""
    return one == other or _components(one) == _components(other)


def _components(duration: str) -> tuple[str, ...]:
    """The number of weeks, years, months, days, hours, minutes and seconds, each written one way only."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return (duration,)
    *larger, seconds = (number or "" for number in found.groups())
    return (*(_plain(number) for number in larger), _plain(seconds, digits=2))


def _plain(number: str, digits: int | None = None) -> str:
    whole, _, fraction = number.replace(",", ".").partition(".")
    return f"{whole.lstrip('0')}.{fraction[:digits].rstrip('0')}"
