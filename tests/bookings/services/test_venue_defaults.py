from datetime import UTC, datetime, timedelta

import pytest

from bookings.services.venue_defaults import apply_to_offers, preview_defaults
from offers.models import Offer
from offers.services.venue_defaults import ACCESSIBILITY, NOTIFICATION, WITHDRAWAL
from passpro.kernel import clock, outbox
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def june():
    with clock.at(NOW):
        yield


@pytest.fixture
def venue():
    return VenueFactory(
        withdrawal_details="À l’accueil", visual_accessible=True, booking_email="a@b.example"
    )


def booking(venue, days, **facts):
    stock = StockFactory(offer__venue=venue, beginning_at=NOW + timedelta(days=days))
    return BookingFactory(stock=stock, **facts)


def test_offers_take_over_what_was_chosen_and_nothing_else(venue):
    offer, frozen = OfferFactory(venue=venue), OfferFactory(venue=venue)
    Offer.objects.filter(pk=frozen.pk).update(validation="PENDING", is_active=False)
    other = OfferFactory()

    done = apply_to_offers(venue_id=venue.pk, parts=[WITHDRAWAL], tell=False, by=SYSTEM)

    offer.refresh_from_db()
    assert done.offers == 1
    assert (offer.withdrawal_details, offer.updated_at) == ("À l’accueil", NOW)
    assert offer.notification_email != "a@b.example"
    untouched = Offer.objects.filter(pk__in=[frozen.pk, other.pk], withdrawal_details="")
    assert untouched.count() == 2
    assert "modalités de retrait (1 offres)" in str(ActionLog.objects.get().changes)
    apply_to_offers(venue_id=venue.pk, parts=[ACCESSIBILITY, NOTIFICATION], tell=True, by=SYSTEM)
    offer.refresh_from_db()
    assert (offer.visual_accessible, offer.motor_accessible) == (True, True)
    assert offer.notification_email == "a@b.example"
    assert not OutboxMessage.objects.exists()


def test_holders_of_a_booking_to_come_are_told(venue):
    coming = booking(venue, 5)
    booking(venue, -5)
    cancelled = booking(venue, 6)
    type(cancelled).objects.filter(pk=cancelled.pk).update(
        status="CANCELLED", cancelled_at=NOW, cancellation_reason="BENEFICIARY"
    )
    assert preview_defaults(venue=venue).bookings == 1

    done = apply_to_offers(venue_id=venue.pk, parts=[WITHDRAWAL], tell=True, by=SYSTEM)

    message = OutboxMessage.objects.get()
    assert (done.offers, done.bookings) == (3, 1)
    assert message.recipient == coming.beneficiary.email
    assert "À l’accueil" in outbox.content_of(message)["text"]
    assert "Voir ma réservation" in outbox.content_of(message)["html"]


def test_the_page_says_how_many_and_does_it(cast, browse):
    type(cast.venue).objects.filter(pk=cast.venue.pk).update(withdrawal_details="Au guichet")
    client, url = browse("member"), f"/lieux/{cast.venue.pk}/offres"

    asked = client.get(url).text
    empty = client.post(url, {"tell": "on"})
    done = client.post(url, {"parts": ["withdrawal"]}, follow=True).text

    assert "1 offre modifiable" in asked
    assert empty.status_code == 400
    assert "Cochez au moins une case" in empty.text
    assert "1 offre de" in done
    cast.offer.refresh_from_db()
    assert cast.offer.withdrawal_details == "Au guichet"
