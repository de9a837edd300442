"""The shell, the gallery and the error pages in a real browser."""

import gzip
import re

import pytest
from playwright.sync_api import Page, expect

from passpro.portal.views import root
from tests.accounts.factories import UserFactory
from tests.browser.axe import assert_good_at_all_widths
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory, VenueFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def member():
    return MembershipFactory(user=UserFactory(first_name="Camille", last_name="Le Goff"))


def test_every_component_is_accessible(live_server, page: Page):
    page.goto(f"{live_server.url}/composants/")

    assert_good_at_all_widths(page)


def test_the_home_page_is_accessible(live_server, page: Page, sign_in, member):
    StockFactory(offer__venue=VenueFactory(offerer=member.offerer))
    sign_in(member.user)

    page.goto(f"{live_server.url}/accueil")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Camille")
    assert_good_at_all_widths(page)


@pytest.mark.parametrize("who", ["nobody", "staff of a venue", "young person"])
def test_a_lost_page_is_accessible(live_server, page: Page, sign_in, who):
    if who != "nobody":
        sign_in(UserFactory(beneficiary=who == "young person"))

    page.goto(f"{live_server.url}/nulle-part")

    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’existe pas, ou plus")
    assert_good_at_all_widths(page)


def test_the_broken_page_is_accessible(live_server, page: Page, monkeypatch):
    def broken():
        raise RuntimeError

    monkeypatch.setattr(root.connection, "cursor", broken)
    page.goto(f"{live_server.url}/")
    monkeypatch.undo()

    assert_good_at_all_widths(page)


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(live_server, page: Page, sign_in, member):
    page.set_viewport_size({"width": 375, "height": 800})
    sign_in(member.user)
    page.goto(f"{live_server.url}/accueil")
    menu = page.get_by_role("navigation", name="Menu principal")

    expect(menu).to_be_hidden()
    page.get_by_role("link", name="Ouvrir le menu").press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("link", name="Ouvrir le menu")).to_be_focused()


def test_the_skip_link_leads_to_the_content(live_server, page: Page, sign_in, member):
    sign_in(member.user)
    page.goto(f"{live_server.url}/accueil")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#contenu")).to_be_focused()


def test_signing_out_is_a_form_in_the_menu_of_the_person(live_server, page: Page, sign_in, member):
    sign_in(member.user)
    page.goto(f"{live_server.url}/accueil")

    page.get_by_text("Mon compte").click(force=True)
    page.get_by_role("button", name="Se déconnecter").click()

    expect(page).to_have_url(re.compile("/connexion"))


def test_the_counter_follows_what_is_typed(live_server, page: Page):
    page.goto(f"{live_server.url}/composants/")

    page.locator("#id_ok-title").fill("Danse")

    expect(page.locator("#id_ok-title_count")).to_contain_text("5/90")


def test_the_desk_field_keeps_what_follows_the_last_colon_of_a_scan(live_server, page: Page):
    page.goto(f"{live_server.url}/composants/")

    page.locator("#c1").fill("passpro:token:k7m2qx")

    expect(page.locator("#c1")).to_have_value("K7M2QX")


def test_a_dialog_opens_closes_and_gives_focus_back(live_server, page: Page):
    page.goto(f"{live_server.url}/composants/")
    opener = page.get_by_role("link", name="Supprimer la date")

    opener.click()
    expect(page.locator("dialog#essai")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("dialog#essai")).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_first_visit_weighs_less_than_300_kilobytes(live_server, page: Page, sign_in, member):
    """Sizes as a server sends them: texts compressed, fonts and pictures as they are."""
    sizes: dict[str, int] = {}
    foreign: list[str] = []

    def weigh(response):
        if not response.url.startswith(live_server.url):
            foreign.append(response.url)
        elif response.ok:
            body = response.body()
            text = not response.url.endswith((".woff2", ".png", ".jpg", ".webp"))
            sizes[response.url] = len(gzip.compress(body)) if text else len(body)

    page.on("response", weigh)
    sign_in(member.user)
    page.goto(f"{live_server.url}/accueil")
    page.wait_for_load_state("networkidle")

    assert foreign == []
    assert sum(sizes.values()) < 300_000, sizes
    assert any(url.endswith(".woff2") for url in sizes)
