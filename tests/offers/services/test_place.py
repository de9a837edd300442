"""Where an offer takes place, and what it looks like."""

from decimal import Decimal

import pytest

from offers.exceptions import InvalidDetails, MadeByPartner, OfferFrozen
from offers.models import Offer
from offers.services.place import OwnAddress, put_at
from passpro.kernel.actor import SYSTEM, Actor
from tests.offers.factories import OfferFactory
from tests.venues.factories import ProviderFactory

pytestmark = pytest.mark.django_db
COURTYARD = OwnAddress(label="Cour du château", street="", postal_code="35500", city="Vitré")


def test_another_address_replaces_the_venues_until_it_is_given_back():
    offer = OfferFactory(draft=True)

    moved = put_at(offer=offer, address=COURTYARD, by=SYSTEM)
    assert (moved.place_name, moved.place.one_line_address) == ("Cour du château", "35500 Vitré")
    assert moved.department_code == "35"
    # The zone of its hours stays that of the venue (0.3.1).
    assert moved.time_zone == offer.venue.time_zone

    back = put_at(offer=moved, address=None, by=SYSTEM)
    assert back.place == offer.venue
    assert (back.address_label, back.department_code, back.latitude) == ("", "", None)


def test_the_point_of_a_chosen_suggestion_is_kept():
    point = OwnAddress(
        postal_code="35500",
        city="Vitré",
        label="Château",
        latitude=Decimal("48.12345"),
        longitude=Decimal("-1.20987"),
        ban_id="35360_0001",
    )
    placed = put_at(offer=OfferFactory(), address=point, by=SYSTEM)
    assert (placed.latitude, placed.ban_id) == (Decimal("48.12345"), "35360_0001")


def test_an_online_offer_has_no_address():
    online = OfferFactory(digital=True, venue__virtual=True)
    with pytest.raises(InvalidDetails):
        put_at(offer=online, address=COURTYARD, by=SYSTEM)
    assert not Offer.objects.get(pk=online.pk).is_elsewhere


def test_under_review_or_kept_by_a_software_it_does_not_move(cast):
    with pytest.raises(OfferFrozen):
        put_at(
            offer=OfferFactory(validation="PENDING", is_active=False),
            address=COURTYARD,
            by=SYSTEM,
        )
    offer = OfferFactory(provider=ProviderFactory(), provider_key="A1")
    with pytest.raises(MadeByPartner):
        put_at(offer=offer, address=COURTYARD, by=Actor.user(cast.alice))
