"""SUS-04b, SUS-04c: what a suspension does to running bookings."""

from datetime import timedelta

import pytest

from bookings.models import Booking
from passpro.accounts.services.suspension import suspend
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chloe():
    """An event and a good that can be given up, and an event past its limit."""
    deposit = DepositFactory()
    tomorrow = clock.now() + timedelta(days=1)
    BookingFactory(deposit=deposit, cancellation_limit_at=tomorrow, countermark="EVENTA")
    good = StockFactory(undated=True)
    BookingFactory(deposit=deposit, stock=good, cancellation_limit_at=None, countermark="GOODAA")
    BookingFactory(deposit=deposit, countermark="TOOLAT")
    return deposit.user


def cancelled():
    return set(Booking.objects.filter(status="CANCELLED").values_list("countermark", flat=True))


@pytest.mark.parametrize(
    ("by_team", "reason", "expected"),
    [
        (True, "FRAUD_RESALE_PASS", {"EVENTA", "GOODAA"}),
        (True, "FRAUD_RESALE_PRODUCT", {"EVENTA", "GOODAA"}),
        (True, "FRAUD_HACKED", {"GOODAA"}),
        (True, "SUSPICIOUS_SIGN_IN", {"GOODAA"}),
        (True, "OWN_REQUEST", {"GOODAA"}),
        (True, "FRAUD_SUSPICION", set()),
        (True, "DELETED", set()),
        (False, "OWN_REQUEST", {"EVENTA", "GOODAA"}),
        (False, "SUSPICIOUS_SIGN_IN", {"EVENTA", "GOODAA"}),
        (False, "FRAUD_SUSPICION", {"EVENTA", "GOODAA"}),
        (False, "BLACKLISTED_DOMAIN", {"EVENTA", "GOODAA"}),
        (False, "DELETED", set()),
    ],
)
def test_the_reason_and_the_author_decide(chloe, by_team, reason, expected):
    by = Actor.user(UserFactory(staff=True)) if by_team else Actor.user(chloe)

    suspend(user_id=chloe.pk, reason=reason, by=by)

    assert cancelled() == expected
    mails = OutboxMessage.objects.filter(event="bookings/cancelled").count()
    assert mails == len(expected)


def test_places_and_credit_come_back(chloe):
    suspend(user_id=chloe.pk, reason="OWN_REQUEST", by=Actor.user(chloe))

    assert chloe.deposits.get().spent_cents == 10_00  # the one past its limit
    booking = Booking.objects.get(countermark="EVENTA")
    assert booking.stock.booked_quantity == 0
    assert booking.cancellation_reason == "BENEFICIARY"


@pytest.mark.parametrize(("colleagues", "count"), [(0, 1), (1, 0)])
def test_the_last_member_suspended_for_fraud_takes_the_bookings_along(colleagues, count):
    member = MembershipFactory()
    MembershipFactory.create_batch(colleagues, offerer=member.offerer, member=True)
    BookingFactory(stock__offer__venue__offerer=member.offerer)
    BookingFactory()

    suspend(
        user_id=member.user_id,
        reason="FRAUD_SUSPICION",
        by=Actor.user(UserFactory(staff=True)),
    )

    assert len(cancelled()) == count
