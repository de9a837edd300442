import pytest

from offers.exceptions import MadeByPartner
from offers.models import Offer
from offers.services.publish import pause_offer, resume_offer
from offers.services.synchronised import (
    pause_synchronisation,
    resume_synchronisation,
    revoke_synchronisation,
)
from passpro.kernel.actor import SYSTEM
from passpro.kernel.errors import ForbiddenTransition
from tests.offers.factories import OfferFactory
from tests.venues.factories import VenueProviderFactory

pytestmark = pytest.mark.django_db


def kept(link, key, **facts):
    return OfferFactory(venue=link.venue, provider=link.provider, provider_key=key, **facts)


def shown() -> set[int]:
    return set(Offer.objects.filter(is_active=True).values_list("pk", flat=True))


def test_a_pause_hides_the_offers_of_the_software_and_a_resume_shows_them_again():
    link = VenueProviderFactory()
    first, second = kept(link, "A1"), kept(link, "A2")
    by_hand = kept(link, "A3")
    pause_offer(offer=by_hand, by=SYSTEM)
    own = OfferFactory(venue=link.venue)
    elsewhere = kept(VenueProviderFactory(provider=link.provider), "A1")

    assert pause_synchronisation(link_id=link.pk, by=SYSTEM) == 2
    assert shown() == {own.pk, elsewhere.pk}
    assert first.transitions.latest("pk").why == "Synchronisation arrêtée"

    # OFF-131: not shown again while nobody keeps it up to date.
    with pytest.raises(MadeByPartner, match="synchronisation"):
        resume_offer(offer=first, by=SYSTEM)

    # What a person pauses meanwhile stays so.
    assert resume_synchronisation(link_id=link.pk, by=SYSTEM) == 2
    assert shown() == {first.pk, second.pk, own.pk, elsewhere.pk}


def test_taking_the_right_back_hides_them_too_and_a_refusal_changes_nothing():
    link = VenueProviderFactory()
    offer = kept(link, "A1")

    assert revoke_synchronisation(link_id=link.pk, by=SYSTEM) == 1
    assert shown() == set()
    Offer.objects.filter(pk=offer.pk).update(is_active=True)
    with pytest.raises(ForbiddenTransition):
        pause_synchronisation(link_id=link.pk, by=SYSTEM)
    assert shown() == {offer.pk}
