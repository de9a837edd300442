"""Validate by itself what took place long enough ago."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from bookings import transitions
from bookings.constants import VALIDATION_PAGE
from bookings.enums import BookingStatus, ValidationAuthor
from bookings.models import Booking
from passpro.kernel.actor import Actor


def auto_validate(*, now: datetime) -> dict[str, int]:
    """BKG-80: every confirmed booking whose event began more than the delay ago becomes used.

    Undated bookings never (BKG-83). Pages of one transaction each: killed anywhere and played
    again, the result is the same and each booking has one log row.
    """
    validated = 0
    while page := _validate_page(now):
        validated += page
    return {"validated": validated}


@transaction.atomic
def _validate_page(now: datetime) -> int:
    due = Booking.objects.filter(
        status=BookingStatus.CONFIRMED,
        stock__beginning_at__lt=now - settings.AUTO_VALIDATION_DELAY,
    ).order_by("pk")[:VALIDATION_PAGE]
    moved = transitions.move_many(
        Booking.objects.filter(pk__in=list(due.values_list("pk", flat=True))),
        BookingStatus.CONFIRMED,
        BookingStatus.USED,
        at=now,
        by=Actor.job("auto_validate"),
        used_at=now,
        validated_by=ValidationAuthor.AUTO,
    )
    return len(moved)
