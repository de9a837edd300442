import pytest

from offers.models import Offer
from offers.services.reindex import reindex_job
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from tests.offers.factories import OfferFactory
from tests.venues.factories import VenueFactory
from venues.services.venues import update_venue

pytestmark = pytest.mark.django_db


def test_offers_are_found_by_the_new_name_of_their_venue():
    venue = VenueFactory()
    offers = [OfferFactory(venue=venue), OfferFactory(venue=venue)]
    OfferFactory()
    update_venue(venue_id=venue.pk, by=SYSTEM, description="Rien à indexer")
    assert reindex_job(now=clock.now()) == {"venues": 0, "offers": 0}

    update_venue(venue_id=venue.pk, by=SYSTEM, public_name="L’Œuf à la Coque", city="Landéda")

    assert reindex_job(now=clock.now()) == {"venues": 1, "offers": 2}
    texts = Offer.objects.filter(pk__in=[offer.pk for offer in offers])
    assert all("l oeuf a la coque landeda" in offer.search_text for offer in texts)
    assert reindex_job(now=clock.now()) == {"venues": 0, "offers": 0}
