"""Figures of the home page, each one query over sets, scoped to the structures of the person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from bookings.enums import BookingStatus, CancellationReason
from bookings.models import Booking
from finance.models import BankAccount
from offers.enums import OfferValidation
from offers.models import Offer, Stock
from passpro.accounts.models import User
from passpro.kernel import clock
from venues.models import Venue, time_zone_of

NEXT_EVENTS = 4
CHART_DAYS = 30
ENOUGH_TO_COMPARE = 10
# Drawing of the chart, in units of its viewBox.
_STEP, _BAR, _HEIGHT, _LEAST = 16, 11, 96, 2
_RECENT_DAYS = 7


@dataclass(frozen=True)
class Event:
    """One date of an offer, its price categories put together."""

    offer_id: int
    title: str
    place: str
    zone: str
    beginning_at: datetime
    booked: int
    total: int | None


@dataclass(frozen=True)
class Bar:
    day: date
    bookings: int
    x: int
    y: int
    height: int
    is_recent: bool


@dataclass(frozen=True)
class Month:
    """Bookings made in the last 30 Paris days, today included."""

    bookings: int
    validated: int
    cancelled: int
    cancelled_by_venue: int
    before: int
    bars: list[Bar]

    @property
    def best(self) -> Bar:
        """The strongest day, the latest one when several are."""
        return max(self.bars, key=lambda bar: (bar.bookings, bar.day))

    @property
    def validated_percent(self) -> int:
        return round(100 * self.validated / self.bookings) if self.bookings else 0

    @property
    def change_percent(self) -> int | None:
        """Against the 30 days before; None when they are too few to compare with."""
        if self.before < ENOUGH_TO_COMPARE:
            return None
        return round(100 * (self.bookings - self.before) / self.before)

    @property
    def middle(self) -> Bar:
        return self.bars[len(self.bars) // 2]

    @property
    def last(self) -> Bar:
        return self.bars[-1]


@dataclass(frozen=True)
class Step:
    label: str
    is_done: bool
    href: str = ""
    note: str = ""


def _dated(user: User) -> QuerySet[Stock]:
    """Dates of the published offers the person may see."""
    offers = Offer.objects.visible_to(user).filter(
        validation=OfferValidation.APPROVED, is_active=True
    )
    return Stock.objects.live().filter(offer__in=offers, beginning_at__isnull=False)


def next_events(user: User, *, now: datetime) -> list[Event]:
    """The next dates of published offers, soonest first."""
    rows: Any = (
        _dated(user)
        .filter(beginning_at__gte=now)
        .values("offer_id", "beginning_at")
        .annotate(
            booked=Sum("booked_quantity"),
            total=Sum("quantity"),
            unlimited=Count("pk", filter=Q(quantity__isnull=True)),
            title=Max("offer__title"),
            name=Max("offer__venue__name"),
            public_name=Max("offer__venue__public_name"),
            department=Max("offer__venue__department_code"),
        )
        .order_by("beginning_at", "offer_id")[:NEXT_EVENTS]
    )
    return [
        Event(
            offer_id=row["offer_id"],
            title=row["title"],
            place=row["public_name"] or row["name"],
            zone=time_zone_of(row["department"]),
            beginning_at=row["beginning_at"],
            booked=row["booked"],
            total=None if row["unlimited"] else row["total"],
        )
        for row in rows
    ]


def expected_today(user: User, *, now: datetime) -> int:
    """Places booked for the dates of today that have not begun."""
    tomorrow = clock.paris_midnight(clock.paris_day(now) + timedelta(days=1))
    booked = _dated(user).filter(beginning_at__gte=now, beginning_at__lt=tomorrow)
    return booked.aggregate(places=Sum("booked_quantity"))["places"] or 0


def last_month(user: User, *, now: datetime) -> Month:
    """Counts of bookings by the day they were made (Europe/Paris)."""
    first = clock.paris_day(now) - timedelta(days=CHART_DAYS - 1)
    since = clock.paris_midnight(first)
    before = clock.paris_midnight(first - timedelta(days=CHART_DAYS))
    visible = Booking.objects.visible_to(user)
    counts = visible.filter(booked_at__gte=since).aggregate(
        bookings=Count("pk"),
        validated=Count("pk", filter=Q(status__in=[BookingStatus.USED, BookingStatus.REIMBURSED])),
        cancelled=Count("pk", filter=Q(status=BookingStatus.CANCELLED)),
        cancelled_by_venue=Count(
            "pk",
            filter=Q(
                status=BookingStatus.CANCELLED, cancellation_reason=CancellationReason.OFFERER
            ),
        ),
    )
    by_day = dict(
        visible.filter(booked_at__gte=since)
        .annotate(day=TruncDate("booked_at", tzinfo=clock.PARIS))
        .values("day")
        .annotate(n=Count("pk"))
        .order_by("day")
        .values_list("day", "n")
    )
    return Month(
        **counts,
        before=visible.filter(booked_at__gte=before, booked_at__lt=since).count(),
        bars=_bars(first, by_day),
    )


def _bars(first: date, by_day: dict[date, int]) -> list[Bar]:
    most = max(by_day.values(), default=0) or 1
    bars = []
    for place in range(CHART_DAYS):
        day = first + timedelta(days=place)
        bookings = by_day.get(day, 0)
        # An empty day keeps a foot, so that the rhythm of days can be read.
        height = max(_LEAST, round(_HEIGHT * bookings / most))
        bars.append(
            Bar(
                day=day,
                bookings=bookings,
                x=place * _STEP,
                y=_HEIGHT - height,
                height=height,
                is_recent=place >= CHART_DAYS - _RECENT_DAYS,
            )
        )
    return bars


def setup_steps(user: User, *, urls: dict[str, str]) -> list[Step]:
    """What a new structure does once, in order."""
    has_venue = Venue.objects.visible_to(user).exists()
    has_offer = Offer.objects.visible_to(user).filter(validation=OfferValidation.APPROVED).exists()
    return [
        Step("Inscrire votre structure", user.memberships.exists(), urls["create_structure"]),
        Step("Créer un lieu", has_venue, urls["structures"]),
        Step("Publier une première offre", has_offer, urls["create_offer"]),
        Step(
            "Ajouter un compte bancaire",
            BankAccount.objects.visible_to(user).exists(),
            urls["bank_accounts"],
            note="Pour être remboursé",
        ),
    ]
