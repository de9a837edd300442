"""Notifications of the app (MSG-30): rows of the outbox, one a person and fact."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from bookings.cancellation import expiry_delay
from bookings.constants import REMINDER_PAGE
from bookings.enums import BookingStatus
from bookings.models import Booking
from passpro.kernel.outbox import Push, queue_pushes
from passpro.kernel.templatetags.ui import french_time
from passpro.reference.categories import SUBCATEGORIES
from venues.models.offerers import DEPARTMENT_ZONES

_PARIS = "Europe/Paris"
# JOB-07: told in the morning of each zone, for what begins in the afternoon or in the evening.
_MORNING, _FROM, _UNTIL = range(9, 13), time(13), time(23, 59, 59)


def queue_cancelled(bookings: list[Booking]) -> None:
    """The venue cancelled: an order for goods and what is on line, else a booking."""
    queue_pushes(
        Push(
            event="bookings/push_cancelled",
            unique_key=f"push-cancelled:{one.pk}",
            to=one.beneficiary.email,
            title="Commande annulée" if _is_order(one) else "Réservation annulée",
            text=f"Ta {'commande' if _is_order(one) else 'réservation'} « {one.offer.title} » "
            "a été annulée par le lieu.",
            path=f"/app/mes-reservations/{one.pk}",
        )
        for one in bookings
    )


def push_today(*, now: datetime) -> dict[str, int]:
    """JOB-07: booked events of this afternoon and evening, in the morning of each zone."""
    written = 0
    for zone, departments in _zones().items():
        local = now.astimezone(ZoneInfo(zone))
        if local.hour not in _MORNING:
            continue
        start, end = (
            datetime.combine(local.date(), hour, ZoneInfo(zone)).astimezone(UTC)
            for hour in (_FROM, _UNTIL)
        )
        here = (
            Q(venue__department_code__in=departments)
            if departments
            else ~Q(venue__department_code__in=DEPARTMENT_ZONES)
        )
        coming = Booking.objects.filter(
            here,
            status=BookingStatus.CONFIRMED,
            stock__beginning_at__range=(start, end),
            stock__deleted_at__isnull=True,
        )
        written += _write(_today(one, zone) for one in _read(coming))
    return {"written": written}


def push_uncollected(*, now: datetime) -> dict[str, int]:
    """JOB-08, BKG-71: goods nobody collected, three days before they are given back."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    written = 0
    for subcategory in SUBCATEGORIES:
        delay = expiry_delay(subcategory)
        if delay is None:
            continue
        day = midnight - delay + settings.EXPIRY_PUSH
        waiting = Booking.objects.filter(
            status=BookingStatus.CONFIRMED,
            offer__subcategory_id=subcategory.id,
            booked_at__gte=day,
            booked_at__lt=day + timedelta(days=1),
        )
        written += _write(_uncollected(one) for one in _read(waiting))
    return {"written": written}


def _read(bookings: Any) -> Iterator[Booking]:
    rows: Iterator[Booking] = (
        bookings.select_related("offer", "beneficiary", "stock")
        .order_by("pk")
        .iterator(chunk_size=REMINDER_PAGE)
    )
    return rows


def _today(booking: Booking, zone: str) -> Push:
    beginning: Any = booking.stock.beginning_at
    return Push(
        event="bookings/push_today",
        unique_key=f"push-today:{booking.pk}:{beginning:%Y%m%d}",
        to=booking.beneficiary.email,
        title="C’est aujourd’hui !",
        text=f"« {booking.offer.title} » commence à {french_time(beginning, zone)}.",
        path=f"/app/mes-reservations/{booking.pk}",
    )


def _uncollected(booking: Booking) -> Push:
    return Push(
        event="bookings/push_uncollected",
        unique_key=f"push-uncollected:{booking.pk}",
        to=booking.beneficiary.email,
        title="Pense à retirer ta réservation",
        text=f"« {booking.offer.title} » t’attend encore {settings.EXPIRY_PUSH.days} jours.",
        path=f"/app/mes-reservations/{booking.pk}",
    )


def _zones() -> dict[str, list[str]]:
    """Each zone with its départements; Paris is for all the others."""
    zones: dict[str, list[str]] = {_PARIS: []}
    for department, zone in DEPARTMENT_ZONES.items():
        if zone != _PARIS:
            zones.setdefault(zone, []).append(department)
    return zones


def _write(pushes: Iterator[Push]) -> int:
    written = 0
    while page := list(islice(pushes, REMINDER_PAGE)):
        with transaction.atomic():
            written += queue_pushes(page)
    return written


def _is_order(booking: Booking) -> bool:
    return booking.offer.is_digital or not booking.offer.is_event
