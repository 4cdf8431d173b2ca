"""A moment as a number and as text is the same moment."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi import time
from projections.testimony.moments import microseconds, moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_written_as_everywhere(when):
    assert moment(microseconds(when)) == time.format(when)


def test_no_moment_is_none():
    assert moment(None) is None
