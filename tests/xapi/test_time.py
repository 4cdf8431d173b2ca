from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi import time

MOMENT = datetime(2015, 1, 15, 10, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2015-01-15T10:11:12Z", MOMENT),
        ("2015-01-15T10:11:12", MOMENT),
        ("2015-01-15t10:11:12z", MOMENT),
        ("2015-01-15T12:11:12+02:00", MOMENT),
        ("2015-01-15T12:11:12+0200", MOMENT),
        ("2015-01-15T12:11:12+02", MOMENT),
        ("2015-01-15T10:11:12+00:00", MOMENT),
        ("2015-01-15T09:41:12-00:30", MOMENT),
        ("20150115T101112Z", MOMENT),
        ("2015-01-15T10:11:12.5Z", MOMENT.replace(microsecond=500_000)),
        ("2015-01-15T10:11:12,5Z", MOMENT.replace(microsecond=500_000)),
        ("2015-01-15T10:11:12.123456789Z", MOMENT.replace(microsecond=123_456)),
        ("2015-01-15T10:11Z", MOMENT.replace(second=0)),
        ("2015-01-15T10", MOMENT.replace(minute=0, second=0)),
        ("2015-01-15", datetime(2015, 1, 15, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("20161231T235960Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-02-29T00:00:00Z", datetime(2016, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_timestamp_is_a_moment_in_utc(text: str, moment: datetime) -> None:
    assert time.parse(text) == moment
    assert time.parse(text).utcoffset() == timedelta(0)
    assert time.is_timestamp(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "should fail",
        "01/011/2015",
        "2015-01-15T10:11:12.601-00",
        "2015-01-15T10:11:12.601-0000",
        "2015-01-15T10:11:12.601-00:00",
        "2015-01-15t10:11:12-00:00",
        "2015-02-29T10:11:12Z",
        "2015-13-01T10:11:12Z",
        "2015-01-15T24:11:12Z",
        "2015-01-15T10:60:12Z",
        "2015-01-15T10:11:61Z",
        "2015-01-15T10:11:12.Z",
        "2015-01-15T10:11:12+24:00",
        "2015-01-15T10:11:12+01:60",
        "2015-01-15 10:11:12Z",
        "2015-01-15T10:11:12Z\n",
        "2015-01-15T10:11.5Z",
        "2015-W03-4T10:11:12Z",
        "0000-01-15T10:11:12Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:60Z",
        "٢٠١٥-01-15T10:11:12Z",
        "12345",
        "2015-01-15T10:11:12" + "0" * 10_000,
    ],
)
def test_what_names_no_moment_is_refused(text: str) -> None:
    assert not time.is_timestamp(text)
    with pytest.raises(ValueError, match=r"."):
        time.parse(text)


def test_a_moment_is_written_with_all_six_digits_and_in_utc() -> None:
    assert time.format(MOMENT) == "2015-01-15T10:11:12.000000Z"
    assert (
        time.format(datetime(999, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))))
        == "0999-01-01T00:00:00.000000Z"
    )


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_comes_back_from_its_text(moment: datetime) -> None:
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return
    assert time.parse(time.format(moment)) == moment


@given(st.text() | st.from_regex(r"[-0-9T:.,+Zz]{0,30}"))
def test_any_text_is_a_timestamp_or_is_not(text: str) -> None:
    assert time.is_timestamp(text) in {True, False}


@pytest.mark.parametrize(
    "text",
    [
        "PT1H0M0.1S",
        "PT4H35M59.14S",
        "PT16559.14S",
        "P3Y1M29DT4H35M59.14S",
        "P3Y",
        "P4W",
        "P1M",
        "PT1M",
        "PT0S",
        "P0.5Y",
        "PT1,5H",
        "P1DT12H36M0.12567S",
        "P1Y2M",
    ],
)
def test_a_duration_of_iso_8601_is_one(text: str) -> None:
    assert time.is_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1YT",
        "P4W1D",
        "PA1H0M0S",
        "1H",
        "PT5",
        "P1S",
        "PT1D",
        "PT1.5H2M",
        "-P1D",
        "P-1D",
        "p1d",
        "PT1M1H",
        "P1Y ",
        "P1Y\n",
        "P.5Y",
        "P1.Y",
        "P0001-02-03T04:05:06",
        "should fail",
        "PT٣S",
    ],
)
def test_what_is_no_duration_of_iso_8601_is_refused(text: str) -> None:
    assert not time.is_duration(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PT1S", "PT1S"),
        ("PT1.009S", "PT1S"),
        ("PT1.12567S", "PT1.129S"),
        ("PT1.5S", "PT1,50S"),
        ("PT01.10S", "PT1.1S"),
        ("P0YT5S", "PT5S"),
        ("PT1.5H", "PT1.50H"),
    ],
)
def test_durations_are_equal_as_far_as_a_hundredth_of_a_second(one: str, other: str) -> None:
    assert time.same_duration(one, other)
    assert time.same_duration(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PT1.12S", "PT1.13S"),
        ("PT1S", "PT1M"),
        ("P1M", "PT1M"),
        ("P1D", "P1Y"),
        ("PT1.501H", "PT1.5H"),
        ("P1W", "P1D"),
    ],
)
def test_durations_that_differ_are_not_equal(one: str, other: str) -> None:
    assert not time.same_duration(one, other)
    assert not time.same_duration(other, one)


def test_a_duration_of_many_digits_is_compared_like_any_other() -> None:
    long = "9" * 10_000
    assert time.same_duration(f"PT{long}.001S", f"PT{long}S")
    assert not time.same_duration(f"PT{long}S", f"PT1{long}S")
