"""The team looks for offers and decides (§2.10)."""

import pytest
from django.contrib.auth.models import Group

from offers.enums import OfferValidation
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def farid(client):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name="Conformité"))
    client.force_login(user)
    return user


@pytest.fixture
def pending():
    return OfferFactory(title="À relire", validation=OfferValidation.PENDING, is_active=False)


@pytest.mark.usefixtures("farid", "pending")
def test_the_queue_holds_offers_under_review_of_valid_structures(client):
    OfferFactory(title="Publiée")
    OfferFactory(
        title="Structure inconnue",
        validation=OfferValidation.PENDING,
        is_active=False,
        venue__offerer__new=True,
    )

    queue = client.get("/admin/offers/offer/?file=a-traiter").text

    assert "À relire" in queue
    assert "Publiée" not in queue.replace("Publiées", "")
    assert "Structure inconnue" not in queue
    assert "/admin/offers/offer/?file=a-traiter" in client.get("/admin/").text


@pytest.mark.usefixtures("farid")
@pytest.mark.parametrize("typed", ["Embruns à part", "9782070000012", "cygnes", "1984"])
def test_offers_are_found_by_title_ean_venue_or_structure(client, typed):
    OfferFactory(
        title="1984 – Le Lac des cygnes",
        venue__offerer__name="Embruns à part",
        extra_data={"ean": "9782070000012"},
    )
    OfferFactory(title="Autre chose", venue__offerer__name="Rien")

    page = client.get("/admin/offers/offer/", {"q": typed}).text

    assert "1984 – Le Lac des cygnes" in page
    assert "Autre chose" not in page


@pytest.mark.usefixtures("farid")
@pytest.mark.parametrize("query", ["categorie=SPECTACLE", "validation__exact=APPROVED", "is_duo=0"])
def test_filters(client, query):
    OfferFactory(title="Le Lac des cygnes")

    assert "Le Lac des cygnes" in client.get(f"/admin/offers/offer/?{query}").text


def test_approving_publishes_and_tells_the_venue(client, farid, pending):
    url = f"/admin/offers/offer/{pending.pk}"

    assert "devient visible" in client.get(f"{url}/valider/").text
    done = client.post(f"{url}/valider/", follow=True)

    assert "L’offre est validée" in done.text
    pending.refresh_from_db()
    assert (pending.validation, pending.is_active) == (OfferValidation.APPROVED, True)
    assert pending.transitions.get().actor == farid
    assert OutboxMessage.objects.filter(event="offers/offer_approved").count() == 1


@pytest.mark.usefixtures("farid")
def test_a_refusal_asks_for_its_reason(client, pending):
    url = f"/admin/offers/offer/{pending.pk}/refuser/"

    client.post(url, {"reason": "", "code": "OTHER"})
    pending.refresh_from_db()
    assert pending.validation == OfferValidation.PENDING
    client.post(url, {"reason": "Cette offre ne relève pas du pass.", "code": "OTHER"})

    pending.refresh_from_db()
    assert pending.validation == OfferValidation.REJECTED
    message = OutboxMessage.objects.get(event="offers/offer_rejected")
    assert "Cette offre ne relève pas du pass." in str(message.payload)


@pytest.mark.usefixtures("farid")
def test_the_page_shows_dates_and_history_without_inputs(client):
    stock = StockFactory(offer__title="Le Lac des cygnes")

    page = client.get(f"/admin/offers/offer/{stock.offer_id}/change/").text

    assert "Plein tarif" in page
    assert 'name="title"' not in page
    assert 'name="stocks-0-quantity"' not in page


def test_an_agent_without_the_right_decides_nothing(client, pending):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name="Lecture seule"))
    client.force_login(user)

    assert client.get("/admin/offers/offer/").status_code == 200
    assert client.post(f"/admin/offers/offer/{pending.pk}/valider/").status_code == 403
    pending.refresh_from_db()
    assert pending.validation == OfferValidation.PENDING
