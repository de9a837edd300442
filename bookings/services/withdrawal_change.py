"""Tell those who hold a booking that tickets are collected another way (MSG-12)."""

from django.db import transaction
from django.db.models import Q

from bookings import emails
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from offers.models import Offer
from passpro.kernel import clock

_TOLD_AT_ONCE = 500


def count_to_tell(*, offer: Offer) -> int:
    """How many people would be written to now."""
    return _held(offer).count()


@transaction.atomic
def tell_withdrawal_changed(*, offer: Offer) -> int:
    """Write to each confirmed booking to come of the offer (MSG-12); answers how many.

    To be called in the transaction that changed the withdrawal, once it is saved, when the venue
    accepted to warn people. Dates deleted or begun are left out.
    """
    stamp = f"{clock.now():%Y%m%dT%H%M%S%f}"
    ids = list(_held(offer).values_list("pk", flat=True))
    for start in range(0, len(ids), _TOLD_AT_ONCE):
        page = Booking.objects.filter(pk__in=ids[start : start + _TOLD_AT_ONCE])
        told = list(page.with_mail_data().order_by("pk"))
        emails.queue_withdrawal_changed(told, stamp=stamp)
    return len(ids)


def _held(offer: Offer) -> BookingQuerySet:
    held: BookingQuerySet = Booking.objects.filter(
        Q(stock__beginning_at__isnull=True) | Q(stock__beginning_at__gt=clock.now()),
        offer=offer,
        stock__deleted_at__isnull=True,
        status=BookingStatus.CONFIRMED,
    )
    return held.order_by("pk")
