"""Views of the public pages: counted for the people they are for, shown to the venue (C1, I1)."""

from datetime import timedelta

import pytest

from passpro.kernel import clock
from passpro.portal import audience
from passpro.portal.models import PageView
from passpro.portal.scope import scope_of
from tests.accounts.factories import UserFactory
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return MembershipFactory()


@pytest.fixture
def offer(member):
    return StockFactory(
        offer__venue__offerer=member.offerer, offer__title="Le Lac des cygnes"
    ).offer


def test_young_people_and_passers_by_count_professionals_do_not(client, member, offer):
    for person in (None, UserFactory(beneficiary=True), member.user):
        client.logout()
        if person is not None:
            client.force_login(person)
        assert client.get(f"/app/offre/{offer.pk}").status_code == 200
    client.logout()
    client.get(f"/app/lieu/{offer.venue_id}")
    client.get("/app/offre/999999")

    assert {row.offer_id: row.views for row in PageView.objects.all()} == {offer.pk: 2, None: 1}


def test_the_venue_reads_its_views_and_nobody_elses(client, member, offer):
    today = clock.today()
    for day, views in [
        (today, 5),
        (today - timedelta(days=29), 2),
        (today - timedelta(days=30), 9),
    ]:
        PageView.objects.create(venue=offer.venue, offer=offer, day=day, views=views)
    PageView.objects.create(venue=offer.venue, day=today, views=1)
    foreign = StockFactory().offer
    PageView.objects.create(venue=foreign.venue, offer=foreign, day=today, views=50)

    scope = scope_of(member.user)
    assert audience.recent_views(scope, now=clock.now()) == 8
    assert sum(audience.views_by_month(scope, today - timedelta(days=90)).values()) == 17
    client.force_login(member.user)
    home = client.get("/accueil").text.replace("&nbsp;", " ")
    assert "8 vues" in home
    assert "7 vues" in home
    assert "Offres les plus consultées" in client.get("/statistiques").text
    assert "Consultations (vues)" in client.get("/statistiques/consultations.csv").text


def test_counts_of_more_than_two_years_ago_are_forgotten(offer):
    for days in (10, 740):
        PageView.objects.create(
            venue=offer.venue, day=clock.today() - timedelta(days=days), views=1
        )

    assert audience.forget_old_views(now=clock.now()) == {"forgotten": 1}
