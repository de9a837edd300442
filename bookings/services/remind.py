"""Reminders (§8): an event tomorrow, a good soon given back, a venue's date in a week.

Each run writes what its day asks for, each message once thanks to its key: played late the same
day, or again, nothing is written twice. Lines are streamed and messages written a page at a time.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Sum

from bookings import emails
from bookings.cancellation import expiry_delay
from bookings.constants import REMINDER_PAGE
from bookings.enums import BookingStatus
from bookings.models import Booking
from offers.models import Offer, Stock
from passpro.kernel.outbox import Email, queue_emails
from passpro.reference.categories import SUBCATEGORIES
from venues.enums import OffererStatus
from venues.models import Venue

_DAY = timedelta(days=1)
# An expiry reminder missed by a stopped scheduler is still useful two days later.
_LATE_DAYS = 2


def remind_tomorrow(*, now: datetime) -> dict[str, int]:
    """MSG-04: the day before, to each person who holds a place, unless it is on line."""
    start = _midnight(now) + _DAY
    coming = (
        Booking.objects.live()
        .filter(
            stock__beginning_at__gte=start,
            stock__beginning_at__lt=start + _DAY,
            stock__deleted_at__isnull=True,
            offer__url="",
        )
        .with_mail_data()
        .order_by("pk")
    )
    return {"written": _write(map(emails.tomorrow, coming.iterator(chunk_size=REMINDER_PAGE)))}


def remind_expiry(*, now: datetime) -> dict[str, int]:
    """MSG-14, BKG-71: some days before a good is given back, one message a person and family."""
    midnight = _midnight(now)
    families: dict[tuple[timedelta, bool], list[str]] = {}
    for subcategory in SUBCATEGORIES:
        if delay := expiry_delay(subcategory):
            families.setdefault((delay, subcategory.is_book), []).append(subcategory.id)
    written = 0
    for (delay, is_book), codes in families.items():
        day = midnight - delay + reminder_before(is_book=is_book)
        waiting = (
            Booking.objects.filter(
                status=BookingStatus.CONFIRMED,
                offer__subcategory_id__in=codes,
                booked_at__gte=day - _LATE_DAYS * _DAY,
                booked_at__lt=day + _DAY,
            )
            .with_mail_data()
            .annotate(address=F("beneficiary__email"))
            .order_by("address", "booked_at__date", "pk")
        )
        written += _write(_expiring(waiting.iterator(chunk_size=REMINDER_PAGE), midnight))
    return {"written": written}


def reminder_before(*, is_book: bool) -> timedelta:
    """How long before a good is given back its holder is reminded."""
    before: timedelta = settings.BOOK_EXPIRY_REMINDER if is_book else settings.GOODS_EXPIRY_REMINDER
    return before


def remind_venues(*, now: datetime) -> dict[str, int]:
    """MSG-17: seven days before a date with bookings, to the venue; all prices of it together."""
    start = _midnight(now) + 7 * _DAY
    dates: Any = (
        Stock.objects.filter(
            beginning_at__gte=start,
            beginning_at__lt=start + _DAY,
            deleted_at__isnull=True,
            booked_quantity__gt=0,
        )
        .order_by()
        .values("offer_id", "beginning_at")
        .annotate(places=Sum("booked_quantity"))
        .order_by("offer_id", "beginning_at")
    )
    return {"written": _write(_venue_letters(dates.iterator(chunk_size=REMINDER_PAGE)))}


def remind_without_offer(*, now: datetime) -> dict[str, int]:
    """MSG-18, MSG-19: some days after its validation a structure has made no offer yet; to each
    booking address of its venues."""
    midnight, written = _midnight(now), 0
    for days in settings.NO_OFFER_REMINDERS:
        day = midnight - days * _DAY
        silent: Any = (
            Venue.objects.filter(
                offerer__status=OffererStatus.VALIDATED,
                offerer__is_active=True,
                offerer__validated_at__gte=day - _LATE_DAYS * _DAY,
                offerer__validated_at__lt=day + _DAY,
            )
            .exclude(booking_email="")
            .exclude(Exists(Offer.objects.filter(venue__offerer=OuterRef("offerer"))))
            .order_by("offerer", "booking_email")
            .values_list("offerer", "booking_email")
            .distinct()
        )
        written += _write(
            emails.without_offer(offerer, to=address, days=days)
            for offerer, address in silent.iterator(chunk_size=REMINDER_PAGE)
        )
    return {"written": written}


def _venue_letters(dates: Iterator[dict[str, Any]]) -> Iterator[Email]:
    while page := list(islice(dates, REMINDER_PAGE)):
        wanted = Q(pk__in=())
        for row in page:
            wanted |= Q(offer=row["offer_id"], beginning_at=row["beginning_at"])
        stocks = {
            (stock.offer_id, stock.beginning_at): stock
            for stock in Stock.objects.live()
            .filter(wanted)
            .select_related("offer__venue__offerer")
            .order_by("-pk")
        }
        for row in page:
            stock = stocks[row["offer_id"], row["beginning_at"]]
            yield emails.in_seven_days(stock, places=row["places"])


def _expiring(waiting: Iterable[Booking], midnight: datetime) -> Iterator[Email]:
    def same(booking: Booking) -> tuple[str, Any]:
        return (booking.beneficiary.email, booking.booked_at.astimezone(UTC).date())

    for (address, day), lines in groupby(waiting, key=same):
        group = list(lines)
        delay = expiry_delay(group[0].offer.subcategory)
        if delay is None:
            continue
        gone = (midnight.date() - day).days
        yield emails.expiring(group, to=address, days_left=delay.days - gone, days_gone=gone)


def _write(letters: Iterator[Email]) -> int:
    written = 0
    while page := list(islice(letters, REMINDER_PAGE)):
        with transaction.atomic():
            queue_emails(page)
        written += len(page)
    return written


def _midnight(now: datetime) -> datetime:
    """Today 00:00 UTC, the day of §5.8 and §8."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
