"""The team looks for offers and decides (§2.10)."""

import pytest
from django.contrib.auth.models import Group

from offers.enums import OfferValidation
from offers.models import BulkAction, DateSeries, ImportedOffer, OfferImport
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


@pytest.mark.usefixtures("farid")
def test_long_work_is_looked_at_and_searched(client):
    offer = OfferFactory(title="Visite du phare")
    user = UserFactory(email="alice@example.org")
    DateSeries.objects.create(offer=offer, user=user, rule={}, total=60, done=20, created=18)
    BulkAction.objects.create(user=user, verb="PAUSE", state="DONE", total=9, seen=9, changed=7)
    run = OfferImport.objects.create(
        venue=offer.venue,
        user=user,
        kind="GOODS",
        source="livres.csv",
        found=[{}, {}],
        rejected=[{"line": 4, "text": "x", "why": "L’EAN est composé de 13 chiffres."}],
    )
    ImportedOffer.objects.create(offer=offer, venue=offer.venue, kind="ICS", key="phare@agenda")

    def found(model, typed):
        return client.get(f"/admin/offers/{model}/", {"q": typed}).text

    assert "20 sur 60" in found("dateseries", "phare")
    assert "9 sur 9" in found("bulkaction", "alice@example.org")
    assert "phare@agenda" in found("importedoffer", "phare@agenda")
    assert "livres.csv" in found("offerimport", "livres")
    page = client.get(f"/admin/offers/offerimport/{run.pk}/change/")
    assert "4 : L’EAN est composé de 13 chiffres." in page.text
    assert client.post(page.request["PATH_INFO"], {"source": "x"}).status_code == 403
