"""The counts of the portal, asked anew each time, or every few minutes in very large structures.

Counting sixty days of bookings is a matter of milliseconds until there are thousands of them. From
`MANY` on, the counts are kept for `KEPT_SECONDS` and the page says of when they are; what tells a
person what to do (accounts, steps, states) is never kept.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.core.cache import cache

from offers.models import Offer
from passpro.kernel import clock
from passpro.portal import audience, dashboard, statistics
from passpro.portal.dashboard import Event, Month
from passpro.portal.scope import Scope
from passpro.portal.statistics import Chart, Top

MANY = 5_000
KEPT_SECONDS = 300


@dataclass(frozen=True)
class Figures:
    """`kept_at`: when the counts were made, only if they are not of this very moment."""

    expected: int
    to_come: int
    month: Month
    events: list[Event]
    views: int
    viewed: list[tuple[Offer, int]]
    kept_at: datetime | None = None


def figures_of(scope: Scope, *, now: datetime) -> Figures:
    """Counts of these structures and venues; at most `KEPT_SECONDS` old, and then it is said."""
    key = _key(scope, now)
    kept = cache.get(key)
    if isinstance(kept, Figures):
        return kept
    expected, to_come = dashboard.places_booked(scope, now=now)
    month = dashboard.last_month(scope, now=now)
    since = clock.paris_day(now) - timedelta(days=audience.RECENT_DAYS - 1)
    made = Figures(
        expected=expected,
        to_come=to_come,
        month=month,
        events=dashboard.next_events(scope, now=now),
        views=audience.recent_views(scope, now=now),
        viewed=audience.most_viewed(scope, since),
    )
    if month.bookings + month.before >= MANY:
        cache.set(key, replace(made, kept_at=now), KEPT_SECONDS)
    return made


@dataclass(frozen=True)
class Charts:
    """What the statistics page draws; `kept_at` as above."""

    public: list[Chart]
    schools: list[Chart]
    top: list[Top]
    viewed: list[tuple[Offer, int]]
    kept_at: datetime | None = None

    @property
    def all(self) -> list[Chart]:
        return self.public + self.schools


def charts_of(scope: Scope, months: list[date], *, now: datetime) -> Charts:
    """The charts of these structures and venues; kept like the figures of the home page."""
    key = _key(scope, now, f"charts{len(months)}")
    kept = cache.get(key)
    if isinstance(kept, Charts):
        return kept
    public = [*statistics.charts(scope, months), statistics.view_chart(scope, months)]
    made = Charts(
        public=public,
        schools=statistics.school_charts(scope, months),
        top=statistics.top_offers(scope, months),
        viewed=audience.most_viewed(scope, months[0]),
    )
    if public[0].total >= MANY:
        cache.set(key, replace(made, kept_at=now), KEPT_SECONDS)
    return made


def _key(scope: Scope, now: datetime, what: str = "home") -> str:
    """One a choice and a day: nothing of yesterday is shown under today's name."""
    place = scope.place.pk if scope.place else ""
    whose = f"{what} {scope.offerer_ids} {place} {clock.paris_day(now)}"
    return f"figures:{hashlib.sha256(whose.encode()).hexdigest()[:32]}"
