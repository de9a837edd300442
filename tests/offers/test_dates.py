"""Local hours of a venue."""

from datetime import UTC, date, datetime, time

import pytest

from offers.dates import (
    NoSuchHour,
    booking_limit,
    end_of_local_day,
    local_instant,
    local_parts,
    minutes_between,
)

PARIS, CAYENNE = "Europe/Paris", "America/Cayenne"


@pytest.mark.parametrize(
    ("day", "zone", "hour_utc"),
    [
        (date(2026, 1, 15), PARIS, 19),
        (date(2026, 7, 15), PARIS, 18),
        (date(2026, 7, 15), CAYENNE, 23),
    ],
)
def test_the_same_hour_on_the_wall_is_another_instant(day, zone, hour_utc):
    instant = local_instant(day, time(20), zone)

    assert instant == datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC)
    assert local_parts(instant, zone) == (day, time(20))


def test_an_hour_skipped_in_spring_is_refused_and_one_that_repeats_is_the_first():
    with pytest.raises(NoSuchHour):
        local_instant(date(2026, 3, 29), time(2, 30), PARIS)

    assert local_instant(date(2026, 10, 25), time(2, 30), PARIS) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_limit_typed_as_a_day_lasts_until_its_end_but_not_beyond_the_beginning():
    beginning = local_instant(date(2026, 5, 28), time(14, 30), PARIS)

    assert booking_limit(date(2026, 5, 26), beginning, PARIS) == datetime(
        2026, 5, 26, 21, 59, 59, tzinfo=UTC
    )
    assert booking_limit(date(2026, 5, 28), beginning, PARIS) == beginning
    assert booking_limit(None, beginning, PARIS) == beginning
    assert end_of_local_day(date(2026, 5, 26), CAYENNE) == datetime(
        2026, 5, 27, 2, 59, 59, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [(time(20, 30), time(22), 90), (time(23), time(0, 15), 75), (time(9), time(9), 0)],
)
def test_an_end_hour_gives_a_duration(start, end, minutes):
    assert minutes_between(start, end) == minutes
