from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from passpro.kernel import clock


def test_now_is_aware_utc_and_follows_the_fixed_moment():
    with time_machine.travel("2026-05-28T14:30+02:00", tick=False):
        assert clock.now() == datetime(2026, 5, 28, 12, 30, tzinfo=UTC)
        with clock.at(datetime(2027, 1, 1, tzinfo=clock.PARIS)):
            assert clock.now() == datetime(2026, 12, 31, 23, tzinfo=UTC)
            assert clock.now().tzinfo is UTC
        assert clock.now() == datetime(2026, 5, 28, 12, 30, tzinfo=UTC)


def test_a_moment_without_offset_is_refused():
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_last_evening_of_december_in_utc_is_already_january_in_paris():
    with clock.at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("day", "first_instant", "hours"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 27, 23, tzinfo=UTC), 24),
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC), 24),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        (date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC), 24),
        (date(2028, 2, 29), datetime(2028, 2, 28, 23, tzinfo=UTC), 24),
    ],
)
def test_paris_days_begin_at_paris_midnight_on_both_clock_changes(day, first_instant, hours):
    assert clock.paris_midnight(day) == first_instant
    assert clock.paris_midnight(day + timedelta(days=1)) - first_instant == timedelta(hours=hours)
    assert clock.paris_day(first_instant) == day
    assert clock.paris_day(first_instant - timedelta(microseconds=1)) == day - timedelta(days=1)


@pytest.fixture
def _sandbox(settings, db):
    settings.SANDBOX_CLOCK = True
    clock.forget_sandbox_offset()
    yield
    clock.forget_sandbox_offset()


@pytest.mark.usefixtures("_sandbox")
def test_the_sandbox_clock_moves_by_a_step_to_a_moment_and_back():
    with time_machine.travel("2026-05-28T12:00+00:00", tick=False):
        call_command("move_clock", "--by", "3d")
        assert clock.now() == datetime(2026, 5, 31, 12, tzinfo=UTC)
        call_command("move_clock", "--by", "45m")
        assert clock.now() == datetime(2026, 5, 31, 12, 45, tzinfo=UTC)
        call_command("move_clock", "--to", "2026-12-16T06:00+01:00")
        assert clock.now() == datetime(2026, 12, 16, 5, tzinfo=UTC)
        call_command("move_clock", "--reset")
        assert clock.now() == datetime(2026, 5, 28, 12, tzinfo=UTC)


@pytest.mark.usefixtures("_sandbox")
@pytest.mark.parametrize("words", [("--by", "trois"), ("--to", "demain"), ("--to", "2026-12-16")])
def test_what_is_not_a_time_is_refused(words):
    with pytest.raises(CommandError):
        call_command("move_clock", *words)


@pytest.mark.django_db
def test_outside_a_sandbox_the_clock_does_not_move():
    with pytest.raises(CommandError, match="bac à sable"):
        call_command("move_clock", "--by", "1d")
