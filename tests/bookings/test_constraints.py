"""The database has the last word: each constraint is tried with a bare UPDATE or a twin row."""

import pytest
from django.db import IntegrityError, transaction

from bookings.models import Booking, Deposit
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory, DepositFactory

pytestmark = pytest.mark.django_db

NOW = clock.now()


def refused(name, change):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        change()


@pytest.mark.parametrize(
    ("name", "start", "change"),
    [
        ("booking_used_at_matches_status", {}, {"status": "USED"}),
        ("booking_used_at_matches_status", {"used": True}, {"used_at": None}),
        ("booking_used_at_matches_status", {}, {"used_at": NOW}),
        ("booking_cancelled_at_matches_status", {}, {"status": "CANCELLED"}),
        ("booking_cancelled_at_matches_status", {}, {"cancelled_at": NOW}),
        ("booking_cancelled_at_matches_status", {"cancelled": True}, {"cancellation_reason": ""}),
        ("booking_reimbursed_at_matches_status", {"used": True}, {"status": "REIMBURSED"}),
        ("booking_reimbursed_at_matches_status", {"reimbursed": True}, {"frozen_at": None}),
        ("booking_reimbursed_at_matches_status", {"used": True}, {"reimbursed_at": NOW}),
        ("booking_frozen_only_once_used", {}, {"frozen_at": NOW}),
        ("booking_one_or_two_places", {}, {"quantity": 3}),
        ("booking_one_or_two_places", {}, {"quantity": 0}),
    ],
)
def test_columns_that_contradict_the_state_are_refused(name, start, change):
    booking = BookingFactory(**start)

    refused(name, lambda: Booking.objects.filter(pk=booking.pk).update(**change))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("deposit_never_overspent", {"spent_cents": 300_01}),
        ("deposit_digital_ceiling", {"digital_spent_cents": 100_01}),
        ("deposit_physical_ceiling", {"physical_ceiling_cents": 1, "physical_spent_cents": 2}),
    ],
)
def test_a_credit_is_never_overspent(name, change):
    deposit = DepositFactory()

    refused(name, lambda: Deposit.objects.filter(pk=deposit.pk).update(**change))


def test_one_credit_of_a_type_a_person():
    deposit = DepositFactory()

    refused("deposit_one_per_type", lambda: DepositFactory(user=deposit.user))


def test_one_live_booking_a_person_and_offer():
    held = BookingFactory()

    def twin(**facts):
        return BookingFactory(stock=held.stock, deposit=held.deposit, **facts)

    refused("booking_one_live_per_person_and_offer", twin)
    assert twin(cancelled=True).pk


def test_a_countermark_is_never_used_twice():
    old = BookingFactory(cancelled=True)

    refused("countermark", lambda: BookingFactory(countermark=old.countermark))
