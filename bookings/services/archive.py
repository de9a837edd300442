"""Put what is over among the young person's ended bookings (BKG-92, BKG-99)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from bookings.exceptions import UnknownBooking
from bookings.models import Booking
from passpro.accounts.models import User


def archive_ended(*, now: datetime) -> dict[str, int]:
    """JOB-15: codes and free memberships booked long enough ago; one statement, played again it
    finds nothing."""
    old = (
        Booking.objects.live()
        .filed_by_hand()
        .filter(booked_at__lt=now - settings.CODES_SHOWN, shown_as_ended=False)
    )
    return {"archived": old.update(shown_as_ended=True)}


@transaction.atomic
def show_as_ended(*, booking_id: int, beneficiary: User, ended: bool) -> Booking:
    """The young person files a code or a membership, or takes it out again.

    Raises UnknownBooking for somebody else's, and for those that end by themselves.
    """
    mine = Booking.objects.of_beneficiary(beneficiary).live().filed_by_hand()
    booking = mine.with_mail_data().lock_if_found(booking_id)
    if booking is None:
        raise UnknownBooking
    booking.shown_as_ended = ended
    booking.save(update_fields=["shown_as_ended"])
    return booking
