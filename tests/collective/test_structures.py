"""What closing or suspending a structure does to schools (§2.3, OFF-33)."""

from datetime import timedelta

import pytest

from bookings.services.structures import ask_to_close, close_structure, suspend_structure
from collective.models import CollectiveOffer
from collective.services import publish
from collective.services.structures import cancel_of_closed
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from tests.collective.factories import (
    NOW,
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveStockFactory,
)
from venues.exceptions import StructureClosing, StructureHasBookings
from venues.services.lifecycle import keep_open

pytestmark = pytest.mark.django_db
TEAM = Actor("USER", "Farid")


@pytest.fixture(autouse=True)
def march():
    with clock.at(NOW):
        yield


def test_a_structure_that_classes_await_is_not_suspended_and_its_closing_cancels_them(
    django_capture_on_commit_callbacks,
):
    booking = CollectiveBookingFactory(confirmed=True)
    offerer = booking.venue.offerer
    yesterday = CollectiveStockFactory(
        offer__venue=booking.venue, starts_at=NOW - timedelta(days=1)
    )
    done = CollectiveBookingFactory(confirmed=True, stock=yesterday)
    with pytest.raises(StructureHasBookings, match="2 réservations scolaires à honorer"):
        suspend_structure(offerer_id=offerer.pk, reason="Doute", by=TEAM)

    with django_capture_on_commit_callbacks(execute=True):
        close_structure(offerer_id=offerer.pk, reason="Cessation", by=TEAM)

    booking.refresh_from_db()
    done.refresh_from_db()
    assert (booking.status, booking.cancellation_reason) == ("CANCELLED", "OFFERER")
    assert done.status == "CONFIRMED", "the class was there"
    assert booking.stock.offer.changes.last().why == "Structure fermée"
    assert cancel_of_closed(now=clock.now()) == {"cancelled": 0}


def test_offers_for_schools_are_withdrawn_while_the_closing_is_asked():
    stock = CollectiveStockFactory()
    offerer = stock.offer.venue.offerer
    draft = CollectiveOfferFactory(venue=stock.offer.venue, draft=True)
    ask_to_close(offerer_id=offerer.pk, reason="Fin de bail", by=TEAM)

    assert not CollectiveOffer.objects.released().exists()
    with pytest.raises(StructureClosing):
        publish.publish_offer(offer_id=draft.pk, by=TEAM)

    keep_open(offerer_id=offerer.pk, by=TEAM)
    assert CollectiveOffer.objects.released().get() == stock.offer
