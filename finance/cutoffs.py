"""Fortnights of the accounting calendar, always in Paris days (§9)."""

from datetime import datetime

from passpro.kernel import clock


def latest_cutoff(now: datetime) -> datetime:
    """§9.3: the latest 1st or 16th at 00:00 Paris that is at or before now, in UTC."""
    today = clock.paris_day(now)
    return clock.paris_midnight(today.replace(day=16 if today.day >= 16 else 1))


def next_cutoff(now: datetime) -> datetime:
    """The first 1st or 16th at 00:00 Paris after now: end of the running fortnight."""
    today = clock.paris_day(now)
    if today.day < 16:
        return clock.paris_midnight(today.replace(day=16))
    if today.month == 12:
        return clock.paris_midnight(today.replace(year=today.year + 1, month=1, day=1))
    return clock.paris_midnight(today.replace(month=today.month + 1, day=1))
