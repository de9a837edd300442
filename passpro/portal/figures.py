"""The counts of the home page, asked anew each time, or every few minutes in very large structures.

Counting sixty days of bookings is a matter of milliseconds until there are thousands of them. From
`MANY` on, the counts are kept for `KEPT_SECONDS` and the page says of when they are; what tells a
person what to do (accounts, steps, states) is never kept.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.cache import cache

from passpro.kernel import clock
from passpro.portal import dashboard
from passpro.portal.dashboard import Event, Month
from passpro.portal.scope import Scope

MANY = 5_000
KEPT_SECONDS = 300


@dataclass(frozen=True)
class Figures:
    """`kept_at`: when the counts were made, only if they are not of this very moment."""

    expected: int
    to_come: int
    month: Month
    events: list[Event]
    kept_at: datetime | None = None


def figures_of(scope: Scope, *, now: datetime) -> Figures:
    """Counts of these structures and venues; at most `KEPT_SECONDS` old, and then it is said."""
    key = _key(scope, now)
    kept = cache.get(key)
    if isinstance(kept, Figures):
        return kept
    expected, to_come = dashboard.places_booked(scope, now=now)
    month = dashboard.last_month(scope, now=now)
    made = Figures(expected, to_come, month, dashboard.next_events(scope, now=now))
    if month.bookings + month.before >= MANY:
        cache.set(key, replace(made, kept_at=now), KEPT_SECONDS)
    return made


def _key(scope: Scope, now: datetime) -> str:
    """One a choice and a day: nothing of yesterday is shown under today's name."""
    whose = f"{scope.offerer_ids} {scope.place.pk if scope.place else ''} {clock.paris_day(now)}"
    return f"home-figures:{hashlib.sha256(whose.encode()).hexdigest()[:32]}"
