"""Figures of the home page, each one query over sets, scoped to the structures of the person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from bookings.enums import BookingStatus, CancellationReason
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from collective.models import CollectiveOffer, CollectiveTemplate
from offers.enums import OfferValidation
from offers.models import Offer, Stock
from passpro.kernel import clock
from passpro.portal.scope import Scope
from venues.models import time_zone_of

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
class OfferFigures:
    published: int
    waiting: int
    ever: int


@dataclass(frozen=True)
class SchoolFigures:
    """Offers for classes and templates that schools see, and those that wait for the team."""

    published: int
    waiting: int


@dataclass(frozen=True)
class AccountFigures:
    """Bank accounts of the structures, and venues that earn money without any."""

    filed: int
    under_review: int
    unpaid_venues: list[str]


@dataclass(frozen=True)
class Step:
    label: str
    is_done: bool
    href: str = ""
    note: str = ""


def _dated(scope: Scope) -> QuerySet[Stock]:
    """Dates of the published offers of these venues."""
    return Stock.objects.live().filter(
        scope.within("offer__venue"),
        offer__validation=OfferValidation.APPROVED,
        offer__is_active=True,
        beginning_at__isnull=False,
    )


def next_events(scope: Scope, *, now: datetime) -> list[Event]:
    """The next dates of published offers, soonest first."""
    rows: Any = (
        _dated(scope)
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


def places_booked(scope: Scope, *, now: datetime) -> tuple[int, int]:
    """Places booked for the dates of today that have not begun, and for all dates to come."""
    tomorrow = clock.paris_midnight(clock.paris_day(now) + timedelta(days=1))
    found = (
        _dated(scope)
        .filter(beginning_at__gte=now)
        .aggregate(
            today=Sum("booked_quantity", filter=Q(beginning_at__lt=tomorrow)),
            to_come=Sum("booked_quantity"),
        )
    )
    return found["today"] or 0, found["to_come"] or 0


def _bookings(scope: Scope) -> BookingQuerySet:
    """Through the structures, whose index is sorted by date; then the chosen venue."""
    bookings = Booking.objects.filter(offerer__in=scope.offerer_ids)
    return bookings if scope.place is None else bookings.filter(venue=scope.place.pk)


def last_month(scope: Scope, *, now: datetime) -> Month:
    """Counts of bookings by the day they were made (Europe/Paris)."""
    first = clock.paris_day(now) - timedelta(days=CHART_DAYS - 1)
    before = clock.paris_midnight(first - timedelta(days=CHART_DAYS))
    # One pass over sixty days gives the counts, the days and what to compare with.
    by_day = {
        row.pop("day"): row
        for row in _bookings(scope)
        .filter(booked_at__gte=before)
        .annotate(day=TruncDate("booked_at", tzinfo=clock.PARIS))
        .values("day")
        .annotate(
            bookings=Count("pk"),
            validated=Count(
                "pk", filter=Q(status__in=[BookingStatus.USED, BookingStatus.REIMBURSED])
            ),
            cancelled=Count("pk", filter=Q(status=BookingStatus.CANCELLED)),
            cancelled_by_venue=Count(
                "pk",
                filter=Q(
                    status=BookingStatus.CANCELLED, cancellation_reason=CancellationReason.OFFERER
                ),
            ),
        )
        .order_by()
    }
    recent = [row for day, row in by_day.items() if day >= first]
    names = ("bookings", "validated", "cancelled", "cancelled_by_venue")
    return Month(
        **{name: sum(row[name] for row in recent) for name in names},
        before=sum(row["bookings"] for day, row in by_day.items() if day < first),
        bars=_bars(first, {day: row["bookings"] for day, row in by_day.items() if day >= first}),
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


def offer_figures(scope: Scope) -> OfferFigures:
    """Published offers, and those that wait for the team (72 h note of the page)."""
    found = Offer.objects.filter(scope.within("venue")).aggregate(
        published=Count("pk", filter=Q(validation=OfferValidation.APPROVED, is_active=True)),
        waiting=Count("pk", filter=Q(validation=OfferValidation.PENDING)),
        ever=Count("pk", filter=Q(validation=OfferValidation.APPROVED)),
    )
    return OfferFigures(**found)


def school_figures(scope: Scope) -> SchoolFigures:
    """C1-3, school groups: offers and templates together, in two queries."""
    published = waiting = 0
    for model in (CollectiveOffer, CollectiveTemplate):
        found = model.objects.filter(scope.within("venue"), archived_at__isnull=True).aggregate(
            published=Count("pk", filter=Q(validation=OfferValidation.APPROVED, is_active=True)),
            waiting=Count("pk", filter=Q(validation=OfferValidation.PENDING)),
        )
        published += found["published"]
        waiting += found["waiting"]
    return SchoolFigures(published, waiting)


def setup_steps(
    scope: Scope, *, offers: OfferFigures, accounts: AccountFigures, urls: dict[str, str]
) -> list[Step]:
    """What a new structure does once, in order; no query of its own."""
    is_validated = any(offerer.is_visible for offerer in scope.offerers)
    return [
        Step("Inscrire votre structure", bool(scope.offerers), urls["create_structure"]),
        Step("Créer un lieu", bool(scope.physical), urls["structures"]),
        Step("Publier une première offre", offers.ever > 0, urls["create_offer"]),
        Step(
            "Ajouter un compte bancaire",
            accounts.filed > 0,
            urls["bank_accounts"],
            note="Pour être remboursé",
        ),
        Step(
            "Structure validée par nos équipes",
            is_validated,
            note="" if is_validated else "Vos offres seront alors visibles",
        ),
    ]
