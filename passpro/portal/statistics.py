"""Bookings, revenue and offers by month (I1): one query a chart, whatever the volume."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from bookings.enums import BookingStatus
from bookings.models import Booking
from collective.enums import BookingStatus as ClassStatus
from collective.enums import OfferValidation as ClassOfferValidation
from collective.models import CollectiveBooking, CollectiveOffer
from offers.enums import OfferValidation
from offers.models import Offer
from passpro.kernel import clock, money
from passpro.kernel.templatetags.ui import euros
from passpro.portal import audience
from passpro.portal.scope import Scope

PERIODS = {"6": "6 derniers mois", "12": "12 derniers mois", "24": "24 derniers mois"}
DEFAULT_PERIOD = "12"
TOP_OFFERS = 5
# Drawing, in units of the chart's viewBox.
_WIDTH, _HEIGHT, _LEAST = 480, 100, 1


@dataclass(frozen=True)
class Column:
    """One month of a chart; `value` is a count, or cents."""

    month: date
    value: int
    words: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A row of columns with the table that says the same."""

    code: str
    title: str
    unit: str
    columns: list[Column]
    is_money: bool = False

    @property
    def total(self) -> int:
        return sum(column.value for column in self.columns)

    @property
    def total_words(self) -> str:
        return _words(self.total, is_money=self.is_money)

    @property
    def best(self) -> Column:
        """The strongest month, the latest one when several are."""
        return max(self.columns, key=lambda column: (column.value, column.month))


@dataclass(frozen=True)
class Top:
    title: str
    offer_id: int
    bookings: int


def months_until(today: date, count: int) -> list[date]:
    """First days of the latest `count` months, the running one last."""
    last = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - count + 1, last + 1)]


def charts(scope: Scope, months: list[date]) -> list[Chart]:
    """Bookings made, revenue of validated ones and offers published, by Paris month."""
    return [
        _chart("reservations", "Réservations", "réservations", _bookings(scope, months), months),
        _chart(
            "chiffre-d-affaires", "Chiffre d’affaires validé", "euros",
            _revenue(scope, months), months, is_money=True,
        ),
        _chart("offres", "Offres publiées", "offres", _offers(scope, months), months),
    ]  # fmt: skip


def view_chart(scope: Scope, months: list[date]) -> Chart:
    """Views of the pages of offers and places by the public."""
    views = audience.views_by_month(scope, months[0])
    return _chart("consultations", "Consultations", "vues", views, months)


def school_charts(scope: Scope, months: list[date]) -> list[Chart]:
    """The collective side: pre-bookings made, price of what took place, offers accepted."""
    since = clock.paris_midnight(months[0])
    classes = CollectiveBooking.objects.filter(scope.within("venue"))
    made = classes.filter(created_at__gte=since).exclude(status=ClassStatus.CANCELLED)
    held = classes.filter(used_at__gte=since, status__in=[ClassStatus.USED, ClassStatus.REIMBURSED])
    offered = CollectiveOffer.objects.filter(
        scope.within("venue"),
        validation=ClassOfferValidation.APPROVED,
        validated_at__gte=since,
    )
    return [
        _chart(
            "reservations-scolaires", "Réservations scolaires", "réservations",
            _by_month(made, "created_at", Count("pk")), months,
        ),
        _chart(
            "chiffre-d-affaires-scolaire", "Chiffre d’affaires scolaire", "euros",
            _by_month(held, "used_at", Sum("stock__price_cents")), months, is_money=True,
        ),
        _chart(
            "offres-scolaires", "Offres scolaires publiées", "offres",
            _by_month(offered, "validated_at", Count("pk")), months,
        ),
    ]  # fmt: skip


def _scoped(scope: Scope) -> Any:
    bookings = Booking.objects.filter(offerer__in=scope.offerer_ids)
    return bookings if scope.place is None else bookings.filter(venue=scope.place.pk)


def _by_month(rows: Any, at: str, value: Any) -> dict[date, int]:
    found = (
        rows.annotate(month=TruncMonth(at, tzinfo=clock.PARIS))
        .values("month")
        .annotate(value=value)
        .order_by()
        .values_list("month", "value")
    )
    return {month.date(): n or 0 for month, n in found}


def _bookings(scope: Scope, months: list[date]) -> dict[date, int]:
    since = clock.paris_midnight(months[0])
    made = _scoped(scope).filter(booked_at__gte=since).exclude(status=BookingStatus.CANCELLED)
    return _by_month(made, "booked_at", Count("pk"))


def _revenue(scope: Scope, months: list[date]) -> dict[date, int]:
    since = clock.paris_midnight(months[0])
    used = _scoped(scope).filter(
        used_at__gte=since, status__in=[BookingStatus.USED, BookingStatus.REIMBURSED]
    )
    return _by_month(used, "used_at", Sum(F("amount_cents") * F("quantity")))


def _offers(scope: Scope, months: list[date]) -> dict[date, int]:
    since = clock.paris_midnight(months[0])
    published = Offer.objects.filter(
        scope.within("venue"),
        validation=OfferValidation.APPROVED,
        publication_at__gte=since,
        publication_at__lte=clock.now(),
    )
    return _by_month(published, "publication_at", Count("pk"))


def top_offers(scope: Scope, months: list[date]) -> list[Top]:
    """The most booked offers of the period."""
    since = clock.paris_midnight(months[0])
    rows = (
        _scoped(scope)
        .filter(booked_at__gte=since)
        .exclude(status=BookingStatus.CANCELLED)
        .values("offer_id")
        .annotate(n=Count("pk"))
        .order_by("-n", "offer_id")
        .values_list("offer_id", "n")[:TOP_OFFERS]
    )
    counts = dict(rows)
    # Titles of the few that are shown, not of every booking counted.
    titles = dict(Offer.objects.filter(pk__in=counts).values_list("pk", "title"))
    return [Top(titles[offer_id], offer_id, count) for offer_id, count in counts.items()]


def _chart(
    code: str,
    title: str,
    unit: str,
    values: dict[date, int],
    months: list[date],
    *,
    is_money: bool = False,
) -> Chart:
    most = max(values.values(), default=0) or 1
    step = _WIDTH / len(months)
    columns = []
    for place, month in enumerate(months):
        value = values.get(month, 0)
        # An empty month keeps a foot, so that the rhythm of months can be read.
        height = max(_LEAST, round(_HEIGHT * value / most))
        columns.append(
            Column(
                month=month,
                value=value,
                words=_words(value, is_money=is_money),
                x=round(place * step + step * 0.15, 1),
                y=_HEIGHT - height,
                width=round(step * 0.7, 1),
                height=height,
            )
        )
    return Chart(code, title, unit, columns, is_money)


def _words(value: int, *, is_money: bool) -> str:
    return euros(value) if is_money else f"{value}"


def as_csv(chart: Chart) -> str:
    """What spreadsheets of here open: « ; », decimal comma, byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(["Mois", f"{chart.title} ({chart.unit})"])
    for column in chart.columns:
        value = money.decimal_comma(column.value) if chart.is_money else column.value
        writer.writerow([f"{column.month:%m/%Y}", value])
    return "\ufeff" + buffer.getvalue()
