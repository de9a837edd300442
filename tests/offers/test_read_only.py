"""USR-08, USR-09: professionals look at the young people's pages and book nothing."""

import pytest

from bookings.models import Booking
from tests.accounts.factories import PASSWORD, UserFactory
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory, OffererFactory

pytestmark = pytest.mark.django_db


def test_the_same_credentials_open_the_pages_of_young_people(client):
    member = MembershipFactory()
    typed = {"email": member.user.email, "password": PASSWORD}

    client.post("/connexion", typed)
    page = client.get("/app/")

    assert page.status_code == 200
    assert "lecture seule" in page.text
    assert "Voir les pages des jeunes" in client.get("/accueil").text


def test_a_professional_sees_offers_and_cannot_book(client):
    stock = StockFactory(offer__title="Le Lac des cygnes")
    client.force_login(MembershipFactory().user)

    page = client.get(f"/app/offre/{stock.offer_id}")
    refused = client.post(
        f"/app/offre/{stock.offer_id}/reserver", {"date": stock.pk, "places": "1"}
    )

    assert "Le Lac des cygnes" in page.text
    assert f"/app/offre/{stock.offer_id}/reserver" not in page.text
    assert refused.status_code == 403
    assert not Booking.objects.exists()


@pytest.mark.parametrize("case", ["new structure", "waiting attachment", "no structure"])
def test_before_validation_the_pages_stay_closed(client, case):
    user = {
        "new structure": lambda: MembershipFactory(offerer=OffererFactory(new=True)).user,
        "waiting attachment": lambda: MembershipFactory(pending=True).user,
        "no structure": UserFactory,
    }[case]()
    client.force_login(user)

    assert client.get("/app/").status_code == 403
    assert "Voir les pages des jeunes" not in client.get("/accueil").text


def test_a_young_person_reads_no_such_banner(client):
    client.force_login(UserFactory(beneficiary=True))

    assert "lecture seule" not in client.get("/app/").text
