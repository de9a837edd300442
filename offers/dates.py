"""Local days and hours of a venue, to and from UTC instants (0.3.1, STK-23)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


class NoSuchHour(ValueError):
    """The clock jumps over this hour on that day (start of summer time)."""


def local_instant(day: date, hour: time, zone: str) -> datetime:
    """The UTC instant of a local day and hour; the first one when the hour happens twice.

    Raises NoSuchHour for an hour skipped by the change to summer time.
    """
    local = datetime.combine(day, hour, tzinfo=ZoneInfo(zone))
    instant = local.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchHour(f"{day} {hour} {zone}")
    return instant


def end_of_local_day(day: date, zone: str) -> datetime:
    """23:59:59 of a local day, in UTC."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def booking_limit(day: date | None, beginning_at: datetime, zone: str) -> datetime:
    """STK-23: end of the local day typed, never after the beginning; empty means the beginning."""
    return beginning_at if day is None else min(end_of_local_day(day, zone), beginning_at)


def local_parts(instant: datetime, zone: str) -> tuple[date, time]:
    """Day and hour shown to the venue's people."""
    local = instant.astimezone(ZoneInfo(zone))
    return local.date(), local.time()


def minutes_between(start: time, end: time) -> int:
    """Minutes from `start` to the next time the clock shows `end` (before `start`: tomorrow)."""
    return (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % (24 * 60)
