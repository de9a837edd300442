"""Who may cancel until when: the whole rule, in one place (§5.6 and §5.7).

| who | what | until |
|---|---|---|
| the beneficiary (BKG-50) | a confirmed booking | `cancellation_limit()`; no limit when undated |
| the cultural venue, by API (BKG-51) | a confirmed booking | no limit |
| its partner’s newer API (API-121) | a confirmed booking | `cancellation_limit()` |
| the cultural venue, deleting a date (STK-66) | confirmed; used, for an event | no limit |
| the expiry job (BKG-70) | a confirmed good | `expiry_date()` |

Nobody cancels a booking that is in a payment batch: a finance incident does.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from bookings import exceptions
from bookings.enums import BookingStatus
from passpro.reference.categories import Subcategory

if TYPE_CHECKING:
    from bookings.models import Booking


def cancellation_limit(booked_at: datetime, beginning_at: datetime | None) -> datetime | None:
    """BKG-40, BKG-41: 48 h after booking or 48 h before the event, whichever comes first.

    Never before the booking itself: then it can never be cancelled by the beneficiary.
    """
    if beginning_at is None:
        return None
    before_event = beginning_at - settings.BENEFICIARY_CANCELLATION_BEFORE_EVENT
    after_booking = booked_at + settings.BENEFICIARY_CANCELLATION_AFTER_BOOKING
    return max(booked_at, min(before_event, after_booking))


def limit_after_date_change(changed_at: datetime, beginning_at: datetime) -> datetime:
    """BKG-42: a moved event may be given up again for 48 h, at the latest until it begins."""
    return min(beginning_at, changed_at + settings.BENEFICIARY_CANCELLATION_AFTER_BOOKING)


def expiry_delay(subcategory: Subcategory) -> timedelta | None:
    """BKG-70: days left to collect a good, from booking; None when it never expires."""
    if not subcategory.expires:
        return None
    return settings.BOOK_EXPIRY_DELAY if subcategory.is_book else settings.GOODS_EXPIRY_DELAY


def expiry_date(booked_at: datetime, subcategory: Subcategory) -> datetime | None:
    """Instant from which the next nightly run cancels an uncollected good."""
    delay = expiry_delay(subcategory)
    return None if delay is None else booked_at + delay


def can_beneficiary_cancel(booking: "Booking", now: datetime) -> bool:
    """BKG-50 without the ownership: still confirmed and the limit, if any, ahead (BKG-43)."""
    return booking.status == BookingStatus.CONFIRMED and not booking.is_past_cancellation_limit(now)


def check_beneficiary_may_cancel(booking: "Booking", now: datetime) -> None:
    """BKG-50: raise UsedCannotBeCancelled or CancellationLimitPassed."""
    if booking.status in {BookingStatus.USED, BookingStatus.REIMBURSED}:
        raise exceptions.UsedCannotBeCancelled
    if booking.is_past_cancellation_limit(now):
        raise exceptions.CancellationLimitPassed


def check_offerer_may_cancel(booking: "Booking") -> None:
    """BKG-51, DSK-40: confirmed only, whatever the limit."""
    if booking.status == BookingStatus.CANCELLED:
        raise exceptions.AlreadyCancelled
    if booking.status == BookingStatus.USED:
        raise exceptions.UsedCannotBeCancelledByOfferer
    if booking.status == BookingStatus.REIMBURSED:
        raise exceptions.ReimbursedCannotBeCancelled


def check_partner_may_cancel(booking: "Booking", now: datetime) -> None:
    """API-121: like the venue, but nothing that is being paid, and an event until its limit."""
    if booking.is_in_payment:
        raise exceptions.ReimbursedCannotBeCancelled
    check_offerer_may_cancel(booking)
    if booking.is_past_cancellation_limit(now):
        raise exceptions.CancellationLimitPassed


def withdrawable(*, is_event: bool) -> Q:
    """STK-66: what deleting a date or a stock cancels; what is being paid stays."""
    statuses = [BookingStatus.CONFIRMED] + ([BookingStatus.USED] if is_event else [])
    return Q(status__in=statuses, frozen_at__isnull=True)
