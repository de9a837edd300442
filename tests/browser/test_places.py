"""The pages of a venue in a real browser: map, framing of an image, every tab."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_good_at_all_widths
from tests.venues.factories import (
    AdageRequestFactory,
    MembershipFactory,
    ProviderFactory,
    VenueFactory,
    VenueProviderFactory,
)
from venues.models import Venue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def venue(sign_in):
    member = MembershipFactory()
    sign_in(member.user)
    return VenueFactory(offerer=member.offerer)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media")},
        },
    }


def test_the_pin_and_the_typed_point_follow_each_other(live_server, page: Page, venue):
    page.goto(f"{live_server.url}/lieux/{venue.pk}")
    latitude, pin = page.get_by_label("Latitude"), page.locator(".map-pin")
    expect(page.locator(".leaflet-control-scale")).to_be_visible()
    pin.scroll_into_view_if_needed()

    box = pin.bounding_box()
    page.mouse.move(box["x"] + 16, box["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + 16, box["y"] - 44, steps=5)
    page.mouse.up()
    moved = latitude.input_value()

    assert moved != "48,38333"
    assert moved.startswith("48,38")
    latitude.fill("47,99630")
    page.get_by_label("Longitude").fill("-4,10270")
    page.get_by_label("Activité principale").select_option("MUSEUM")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".toast")).to_contain_text("est enregistré")
    venue.refresh_from_db()
    assert (str(venue.latitude), str(venue.longitude)) == ("47.99630", "-4.10270")


def test_an_image_is_framed_by_keyboard_and_mouse(live_server, page: Page, venue, tmp_path: Path):
    photo = tmp_path / "photo.jpg"
    content = BytesIO()
    Image.new("RGB", (2400, 1600), "teal").save(content, "JPEG")
    photo.write_bytes(content.getvalue())
    page.goto(f"{live_server.url}/lieux/{venue.pk}/image")

    page.locator("input[type=file]").set_input_files(photo)
    frame = page.get_by_role("application")
    expect(frame).to_be_visible()
    frame.focus()
    for _ in range(10):
        page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    box = frame.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 100, steps=4)
    page.mouse.up()
    page.get_by_label("Crédit de l’image").fill("Y. Abgrall")
    page.get_by_role("button", name="Enregistrer l’image").click()

    expect(page.locator(".toast")).to_contain_text("est enregistrée")
    crop = Venue.objects.get(pk=venue.pk).image_crop
    assert crop["width"] == pytest.approx(0.5, abs=0.01)
    assert crop["x"] > 0.27
    # The picture is there to be framed anew.
    expect(page.get_by_role("application")).to_be_visible()


def test_every_page_of_a_venue_is_good_at_all_widths(live_server, page: Page, venue):
    provider = ProviderFactory()
    VenueProviderFactory(venue=venue)
    AdageRequestFactory(venue=venue)
    place, structure = f"/lieux/{venue.pk}", f"/structures/{venue.offerer_id}"
    for path in (
        place,
        f"{place}/accueil",
        f"{place}/image",
        f"{place}/enseignants",
        f"{place}/notifications",
        f"{place}/synchronisations",
        f"{place}/synchronisations/{provider.pk}",
        f"{place}/offres",
        f"{structure}/lieux/creation",
        f"{structure}/adage",
        f"{structure}/adage/demande",
    ):
        page.goto(f"{live_server.url}{path}")
        assert_good_at_all_widths(page)


def test_a_new_key_is_copied(live_server, page: Page, venue):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/structures/{venue.offerer_id}/cles-api")
    page.get_by_label("Nom de la clé").fill("Caisse")
    page.get_by_role("button", name="Générer la clé").click()

    page.get_by_role("button", name="Copier la clé").click()

    expect(page.get_by_text("Copié", exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Clé « Caisse »").input_value()
    assert_good_at_all_widths(page)
