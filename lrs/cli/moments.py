"""Which place in the log does an option mean? A position, or a time as people write it."""

from __future__ import annotations

from datetime import datetime, timedelta

from lrs.errors import OperatorError
from lrs.log.positions import whole_number
from lrs.xapi import time

SMALLEST_STEP = timedelta(microseconds=1)


def place(option: str, text: str) -> int | datetime:
    """A position where these are digits only, else a time; OperatorError names the option."""
    found = whole_number(text)
    return moment(option, text) if found is None else found


def moment(option: str, text: str) -> datetime:
    """A time, UTC where no offset stands; OperatorError names the option."""
    try:
        return time.parse(text)
    except ValueError as error:
        raise OperatorError(
            f"{option} is a position, such as 12001, or a time, such as 2026-09-01T00:00:00Z; not {text!r}."
        ) from error
