"""The only source of « now ».

Times are aware UTC; « Paris » helpers answer questions about the accounting calendar
(finance.md §0-4). Tests move time with `at()`; the demo moves it for every process
with `manage.py move_clock` when SANDBOX_CLOCK is on.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import ProgrammingError, transaction

PARIS = ZoneInfo("Europe/Paris")

_fixed: ContextVar[datetime | None] = ContextVar("passpro_clock", default=None)
_offset: tuple[float, timedelta] = (float("-inf"), timedelta())
_OFFSET_CACHE_SECONDS = 1.0


def now() -> datetime:
    """Aware UTC instant: the one fixed by `at()`, else the system's plus the sandbox's offset."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    current = datetime.now(UTC)
    return current + _sandbox_offset() if settings.SANDBOX_CLOCK else current


def _sandbox_offset() -> timedelta:
    global _offset
    read_at, offset = _offset
    if time.monotonic() - read_at > _OFFSET_CACHE_SECONDS:
        from passpro.kernel.models import SandboxClock

        try:
            with transaction.atomic():
                row = SandboxClock.objects.order_by("pk").first()
        except ProgrammingError:  # before the first migration
            row = None
        offset = timedelta(seconds=row.offset_seconds if row else 0)
        _offset = (time.monotonic(), offset)
    return offset


def forget_sandbox_offset() -> None:
    """Read the offset again at the next question (this process; the others do within a second)."""
    global _offset
    _offset = (float("-inf"), timedelta())


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Make `now()` answer `moment` inside the block (this thread or task only)."""
    if moment.tzinfo is None:
        raise ValueError("clock.at() needs an aware datetime")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _fixed.reset(token)


def today() -> date:
    """The Paris day of `now()`."""
    return paris_day(now())


def paris_day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def paris_midnight(day: date) -> datetime:
    """First instant of a Paris day, in UTC, with the offset in force at that midnight."""
    return datetime.combine(day, day_time(), tzinfo=PARIS).astimezone(UTC)
