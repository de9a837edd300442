"""Tell those who hold a booking how to get their ticket or their good now (OFF-67, VEN-10)."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from bookings import emails
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from offers.models import Offer
from passpro.kernel import clock

_TOLD_AT_ONCE = 500


def held_bookings(**scope: Any) -> BookingQuerySet:
    """Confirmed bookings of the scope whose event is ahead, or whose good is to be collected."""
    held: BookingQuerySet = Booking.objects.filter(
        Q(stock__beginning_at__isnull=True) | Q(stock__beginning_at__gt=clock.now()),
        status=BookingStatus.CONFIRMED,
        **scope,
    )
    return held.order_by("pk")


def tell_held(**scope: Any) -> int:
    """One e-mail to each of them, in the caller's transaction; answers how many."""
    told, page = 0, []
    stamp = f"{clock.now():%Y%m%dT%H%M%S%f}"
    for booking in held_bookings(**scope).with_mail_data().iterator(chunk_size=_TOLD_AT_ONCE):
        page.append(booking)
        if len(page) == _TOLD_AT_ONCE:
            emails.queue_withdrawal_changed(page, stamp=stamp)
            told, page = told + len(page), []
    emails.queue_withdrawal_changed(page, stamp=stamp)
    return told + len(page)


@transaction.atomic
def tell_of_offer(*, offer: Offer) -> int:
    """OFF-67: the venue chose to warn the beneficiaries of this offer; answers how many."""
    return tell_held(offer=offer)
