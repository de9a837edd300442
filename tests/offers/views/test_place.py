"""The steps « Adresse » and « Image », and what a software's offer lets people change."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from offers.models import Offer
from passpro.kernel import images
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast):
    return cast.client("member")


@pytest.fixture
def draft(cast):
    return OfferFactory(venue=cast.venue, draft=True, subcategory_id="VISITE", title="Visite")


def poster(size=(600, 900)):
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, "JPEG")
    return SimpleUploadedFile("affiche.jpg", file.getvalue(), content_type="image/jpeg")


def test_the_address_step_proposes_the_venue_and_takes_another(alice, draft):
    page = alice.get(f"/offre/{draft.pk}/adresse").text
    assert draft.venue.one_line_address in page

    wrong = alice.post(f"/offre/{draft.pk}/adresse", {"where": "elsewhere", "city": "Vitré"})
    assert wrong.status_code == 400
    assert "Renseignez le code postal." in wrong.text
    assert 'value="Vitré"' in wrong.text

    typed = {"where": "elsewhere", "label": "La Cour", "postal_code": "35 500", "city": "Vitré"}
    saved = alice.post(f"/offre/{draft.pk}/adresse", typed)
    assert saved["Location"] == f"/offre/{draft.pk}/image"
    assert Offer.objects.get(pk=draft.pk).place_name == "La Cour"
    assert "35500 Vitré" in alice.get(f"/offre/{draft.pk}").text


def test_an_image_replaces_the_drawing_on_cards_and_pages(cast, alice, draft):
    small = alice.post(f"/offre/{draft.pk}/image", {"image": poster((300, 450)), "credit": ""})
    assert small.status_code == 400
    assert "au moins 400" in small.text

    saved = alice.post(f"/offre/{draft.pk}/image", {"image": poster(), "credit": "Jane Doe"})
    assert saved["Location"] == f"/offre/{draft.pk}/tarifs"
    offer = Offer.objects.get(pk=draft.pk)
    with default_storage.open(images.path_of(offer.image_key, 800), "rb") as file:
        assert Image.open(file).size == (800, 1200)
    assert f"/images/{offer.image_key}/320.jpg" in alice.get("/offres").text

    shown = OfferFactory(venue=cast.venue, image_key=offer.image_key, image_credit="Jane Doe")
    StockFactory(offer=shown)
    page = cast.client("beneficiary").get(f"/app/offre/{shown.pk}").text
    assert f"/images/{offer.image_key}/800.jpg" in page
    assert "Jane Doe" in page

    assert alice.post(f"/offre/{draft.pk}/image/suppression").status_code == 302
    offer.refresh_from_db()
    assert offer.image_key == ""


def test_a_softwares_offer_opens_two_things_to_people(cast, alice):
    offer = OfferFactory(
        venue=cast.venue,
        subcategory_id="VISITE",
        provider=ProviderFactory(name="Billetto"),
        provider_key="A1",
        notification_email="",
    )
    url = f"/offre/{offer.pk}"
    typed = {
        "title": "Autre titre",
        "accessibility": ["motor"],
        "public_url": "theatre.example/billets",
    }
    assert "Billetto" in alice.get(f"{url}/details").text

    assert alice.post(f"{url}/details", typed).status_code == 302
    changed = Offer.objects.get(pk=offer.pk)
    assert (changed.title, changed.motor_accessible) == (offer.title, True)
    assert changed.public_url == "http://theatre.example/billets"

    for step in ("adresse", "image", "tarifs"):
        told = alice.get(f"{url}/{step}", follow=True)
        assert "Billetto" in told.text
        assert told.redirect_chain[-1][0] == url
    date = alice.get(f"{url}/dates/{StockFactory(offer=offer, booked_quantity=1).pk}").text
    assert "Billetto tient cette date à jour" in date
    assert "Enregistrer la date" not in date
    dates = alice.get(f"{url}/dates").text
    assert "ajoute et tient à jour" in dates
    assert "Ajouter une ou plusieurs dates" not in dates
    assert alice.post(f"{url}/pause", follow=True).status_code == 200
    assert not Offer.objects.get(pk=offer.pk).is_active
