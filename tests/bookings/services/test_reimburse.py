"""What finance does to bookings, by sets."""

import pytest

from bookings import exceptions
from bookings.models import Booking, BookingTransition
from bookings.services.cancel import cancel_by_offerer
from bookings.services.countermark import unvalidate_countermark
from bookings.services.reimburse import freeze_for_reimbursement, mark_reimbursed
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from tests.bookings.factories import BookingFactory

pytestmark = pytest.mark.django_db

FINANCE = Actor.job("batch")


def test_only_used_bookings_are_frozen_and_only_once():
    used = BookingFactory(used=True)
    for state in ({}, {"cancelled": True}, {"reimbursed": True}):
        BookingFactory(**state)
    now = clock.now()

    assert freeze_for_reimbursement(bookings=Booking.objects.all(), now=now, by=FINANCE) == 1
    assert freeze_for_reimbursement(bookings=Booking.objects.all(), now=now, by=FINANCE) == 0
    used.refresh_from_db()
    assert used.frozen_at == now


def test_a_frozen_booking_is_neither_unvalidated_nor_cancelled():
    booking = BookingFactory(used=True)
    freeze_for_reimbursement(bookings=Booking.objects.all(), now=clock.now(), by=FINANCE)
    key = Actor.api_key("k")

    with pytest.raises(exceptions.PaidCannotBeKept):
        unvalidate_countermark(
            countermark=booking.countermark, by=key, offerer_id=booking.offerer_id
        )
    with pytest.raises(exceptions.UsedCannotBeCancelledByOfferer):
        cancel_by_offerer(countermark=booking.countermark, by=key, offerer_id=booking.offerer_id)


def test_frozen_bookings_become_reimbursed_with_their_log_and_once():
    frozen = [BookingFactory(used=True, frozen_at=clock.now()) for _ in range(2)]
    BookingFactory(used=True)
    now = clock.now()
    chosen = Booking.objects.filter(stock__price_cents=1_000)

    assert mark_reimbursed(bookings=chosen, now=now, by=FINANCE) == 2
    assert mark_reimbursed(bookings=chosen, now=now, by=FINANCE) == 0

    reimbursed = Booking.objects.filter(status="REIMBURSED", reimbursed_at=now)
    assert set(reimbursed) == set(frozen)
    rows = BookingTransition.objects.values_list("before", "after", "at", "actor_label")
    assert list(rows) == [("USED", "REIMBURSED", now, "batch")] * 2
