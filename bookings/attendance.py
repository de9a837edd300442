"""Who is awaited at one date of an event, and who came: what the door of a venue reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Min, Q, Sum

from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from offers.enums import OfferValidation
from offers.models import Stock
from passpro.kernel import clock
from venues.models import Venue, time_zone_of

if TYPE_CHECKING:
    from passpro.accounts.models import User

# Seed 003: the list of those who come is drawn up in the three days before the event.
FINAL_LIST = timedelta(hours=72)
# A date stays among those to come for the time of the event and of the entries after it.
STILL_AT_HAND = timedelta(hours=6)
CALENDAR_BACK, CALENDAR_MOST = timedelta(days=30), 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """One date of an event, all its prices together. Figures are places, not bookings."""

    stock_id: int
    offer_id: int
    title: str
    venue: str
    beginning_at: datetime
    zone: str
    expected: int
    entered: int
    minutes: int | None = None

    @property
    def awaited(self) -> int:
        return self.expected - self.entered

    def is_near(self, now: datetime) -> bool:
        """The last 72 hours before it, when the list is printed."""
        return now < self.beginning_at <= now + FINAL_LIST

    def is_over(self, now: datetime) -> bool:
        """The day after: nobody enters any more, the counter need not be asked again."""
        return self.beginning_at + timedelta(days=1) <= now


def sessions_of(user: "User") -> Any:
    """The dates of the person's structures: dictionaries, one an offer and instant, not ordered."""
    return _dates(Q(offer__venue__in=Venue.objects.visible_to(user).values("pk")))


def sessions_of_venue(venue: Venue, now: datetime) -> list[Session]:
    """What the calendar of a venue shows: a month back, everything to come, bounded."""
    rows = _dates(Q(offer__venue=venue, offer__validation=OfferValidation.APPROVED))
    rows = rows.filter(beginning_at__gt=now - CALENDAR_BACK).order_by("beginning_at", "offer_id")
    return sessions_from(rows[:CALENDAR_MOST])


def _dates(wanted: Q) -> Any:
    return (
        Stock.objects.filter(wanted, beginning_at__isnull=False, deleted_at__isnull=True)
        .order_by()
        .values(
            "offer_id",
            "offer__title",
            "offer__duration_minutes",
            "beginning_at",
            "offer__venue__name",
            "offer__venue__public_name",
            "offer__venue__department_code",
        )
        # The counters of the stocks: no booking is read to draw a list of dates.
        .annotate(stock_id=Min("pk"), expected=Sum("booked_quantity"))
    )


def sessions_from(rows: Iterable[dict[str, Any]]) -> list[Session]:
    """Rows of `sessions_of` with those who came, counted in one query for all."""
    rows = list(rows)
    entered = dict(_entered(rows)) if rows else {}
    return [
        Session(
            stock_id=row["stock_id"],
            offer_id=row["offer_id"],
            title=row["offer__title"],
            venue=row["offer__venue__public_name"] or row["offer__venue__name"],
            beginning_at=row["beginning_at"],
            zone=time_zone_of(row["offer__venue__department_code"]),
            expected=row["expected"],
            entered=entered.get((row["offer_id"], row["beginning_at"]), 0),
            minutes=row["offer__duration_minutes"],
        )
        for row in rows
    ]


def _entered(rows: list[dict[str, Any]]) -> Iterator[tuple[tuple[int, datetime], int]]:
    came = (
        Booking.objects.live()
        .filter(
            used_at__isnull=False,
            stock__offer__in=[row["offer_id"] for row in rows],
            stock__beginning_at__in=[row["beginning_at"] for row in rows],
            stock__deleted_at__isnull=True,
        )
        .order_by()
        .values_list("stock__offer_id", "stock__beginning_at")
        .annotate(Sum("quantity"))
    )
    for offer_id, beginning_at, places in came:
        yield (offer_id, beginning_at), places


def session_of_the_day(user: "User", now: datetime) -> Session | None:
    """The event of today that is nearest to now and has bookings; None without one."""
    midnight = clock.paris_midnight(clock.paris_day(now))
    rows = list(
        sessions_of(user)
        .filter(
            beginning_at__gte=midnight,
            beginning_at__lt=midnight + timedelta(days=1),
            expected__gt=0,
        )
        .order_by("beginning_at", "offer_id")
    )
    if not rows:
        return None
    return sessions_from([min(rows, key=lambda row: abs(row["beginning_at"] - now))])[0]


def session_of(user: "User", stock_id: int) -> Session | None:
    """The date of this stock, whichever of its prices the number names; None when not theirs."""
    named = (
        Stock.objects.filter(
            pk=stock_id,
            offer__venue__in=Venue.objects.visible_to(user).values("pk"),
            beginning_at__isnull=False,
        )
        .values("offer_id", "beginning_at")
        .first()
    )
    rows = sessions_of(user).filter(**named) if named else []
    return next(iter(sessions_from(rows)), None)


def guests_of(session: Session) -> BookingQuerySet:
    """Those who hold a place at this date, by name."""
    return (
        Booking.objects.live()
        .filter(
            stock__offer=session.offer_id,
            stock__beginning_at=session.beginning_at,
            stock__deleted_at__isnull=True,
        )
        .with_list_data()
        .order_by("beneficiary__last_name", "beneficiary__first_name", "pk")
    )
