"""A refused offer takes along what is booked and not yet used (MOD-03)."""

import pytest

from bookings.enums import BookingStatus, CancellationReason
from offers.services.moderate import reject_offer
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


def test_confirmed_bookings_are_cancelled_and_their_people_told():
    stock = StockFactory()
    held, used = BookingFactory(stock=stock), BookingFactory(stock=stock, used=True)

    reject_offer(offer=stock.offer, by=SYSTEM, why="Hors du champ du pass")

    held.refresh_from_db()
    used.refresh_from_db()
    stock.refresh_from_db()
    assert (held.status, held.cancellation_reason) == (
        BookingStatus.CANCELLED,
        CancellationReason.FRAUD,
    )
    assert used.status == BookingStatus.USED
    assert stock.booked_quantity == used.quantity
    told = set(OutboxMessage.objects.values_list("recipient", flat=True))
    assert held.beneficiary.email in told
    assert used.beneficiary.email not in told
