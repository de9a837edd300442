"""The shell, the gallery, the error pages and a walk through every page in a real browser.

A walk has one browser page and one signed-in person for all its stops, and tells all that is wrong
at once. Pages that have tests of their own (desk, bookings, finance, journey) are left to them.
"""

import gzip
import re

import pytest
from playwright.sync_api import Page, expect

from offers.models import Offer
from passpro.portal.views import root
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.browser.axe import (
    assert_accessible,
    assert_fits,
    assert_good_at_all_widths,
    assert_touchable,
)
from tests.finance.factories import BankAccountFactory
from tests.offers.factories import OfferFactory, StockFactory
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


PHONE, DESK = 375, 1440


class Walk:
    """Looks at pages one after the other and keeps what is wrong with each."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.wrong: list[str] = []

    def to(self, *paths: str, status: int = 200) -> None:
        for path in paths:
            response = self.page.goto(f"{self.base}{path}")
            if response is None or response.status != status:
                self.wrong.append(f"{path} answers {response and response.status}")
            self.look()

    def look(self) -> None:
        """The page as it is now, on a phone and on a desk."""
        for width, checks in (
            (PHONE, (assert_fits, assert_touchable, assert_accessible)),
            (DESK, (assert_fits, assert_accessible)),
        ):
            self.page.set_viewport_size({"width": width, "height": 900})
            for check in checks:
                try:
                    check(self.page)
                except AssertionError as error:
                    self.wrong.append(f"{width} px, {error}")

    def refused(self, path: str, typed: dict[str, str], words: str, *, button: str = "") -> None:
        """What was typed comes back with its field named in the summary, and looks right."""
        self.page.goto(f"{self.base}{path}")
        fields = {name: self.page.locator(f"main .form-control[name='{name}']") for name in typed}
        for name, value in typed.items():
            fields[name].fill(value)
        named = self.page.get_by_role("button", name=button, exact=True)
        (named if button else self.page.locator("main [type=submit]")).last.click()
        expect(self.page.locator(".error-summary")).to_contain_text(words)
        for name, value in typed.items():
            expect(fields[name]).to_have_value(value)
        self.look()

    def end(self) -> None:
        assert not self.wrong, "\n\n".join(self.wrong)


@pytest.fixture
def walk(live_server, page: Page) -> Walk:
    return Walk(page, live_server.url)


def test_the_pages_of_nobody_look_right(walk: Walk):
    walk.to("/inscription", "/inscription/confirmation", "/demande-mot-de-passe")
    walk.to("/mot-de-passe-perdu/MQ/perdu", "/inscription/validation/perdu", status=410)
    walk.refused("/demande-mot-de-passe", {"email": "camille"}, "adresse e-mail valide")
    walk.refused("/connexion", {"email": "camille@theatre.example"}, "Mot de passe")
    walk.end()


def test_the_pages_of_an_offer_look_right(walk: Walk, sign_in, cast):
    sign_in(cast.alice)
    show, date = f"/offre/{cast.offer.pk}", cast.stock.pk
    draft = StockFactory(offer=OfferFactory(venue=cast.venue, draft=True)).offer
    free = StockFactory(offer=cast.offer, price_cents=1500)
    good = StockFactory(offer=OfferFactory(venue=cast.venue, good=True), undated=True).offer

    walk.to("/offres?nom=rien-de-tel", "/offre/creation", show, f"/offre/{draft.pk}")
    walk.to(*(f"{show}/{page}" for page in ("details", "tarifs", "dates", "confirmation")))
    walk.to(f"{show}/dates/{date}", f"{show}/dates/{free.pk}/suppression")
    walk.to(f"/offre/{good.pk}/stock", f"/offre/{good.pk}")
    walk.to(f"/offre/{draft.pk}/recapitulatif", f"/offre/{draft.pk}/suppression")
    walk.to("/reservations?q=personne", f"/offre/date/{date}/suppression")
    walk.end()


def test_wrong_answers_about_an_offer_come_back_with_what_to_mend(walk: Walk, sign_in, cast):
    sign_in(cast.alice)
    show = f"/offre/{cast.offer.pk}"
    good = StockFactory(offer=OfferFactory(venue=cast.venue, good=True), undated=True).offer
    titles = list(Offer.objects.order_by("pk").values_list("title", flat=True))

    walk.refused(f"{show}/details", {"title": "", "duration": "deux heures"}, "par exemple 1:45")
    walk.refused(f"{show}/tarifs", {"tarifs-0-price": "douze"}, "avec des chiffres")
    day = {"date": "2020-01-31", "hour_1": "20:30"}
    walk.refused(f"{show}/dates?ajout=1", day, "doivent être à venir", button="Ajouter")
    walk.refused(f"/offre/{good.pk}/stock", {"price": "gratuit"}, "avec des chiffres")
    assert list(Offer.objects.order_by("pk").values_list("title", flat=True)) == titles
    walk.end()


def test_the_pages_of_a_structure_look_right(walk: Walk, sign_in, cast):
    sign_in(cast.alice)
    structure = f"/structures/{cast.offerer.pk}"
    account = BankAccountFactory(offerer=cast.offerer)
    bank = "/remboursements/informations-bancaires"

    walk.to(structure, f"{structure}/lieux/creation", f"/lieux/{cast.venue.pk}", "/profil")
    walk.to(f"{structure}/cles-api", f"{structure}/cles-api/{cast.api_key.pk}/suppression")
    walk.to(bank, f"{bank}/{account.pk}/lieux", "/remboursements/details")
    walk.end()


def test_the_pages_of_a_young_person_look_right(walk: Walk, sign_in, cast):
    sign_in(cast.chloe)
    full = StockFactory(offer__title="Complet", quantity=1)
    BookingFactory(stock=full)
    duo = StockFactory(offer=OfferFactory(duo=True))
    StockFactory(offer=duo.offer, price_cents=1500)
    digital = StockFactory(offer=OfferFactory(digital=True), undated=True)
    booked = BookingFactory(stock=digital, deposit=cast.deposit)
    BookingFactory(deposit=cast.deposit, cancelled=True)

    walk.to(f"/app/offre/{cast.offer.pk}", f"/app/offre/{full.offer_id}")
    walk.to(f"/app/offre/{digital.offer_id}", f"/app/offre/{full.offer_id}/reserver")
    book = f"/app/offre/{duo.offer_id}/reserver"
    walk.to(book, f"{book}?seance={duo.pk}", f"{book}?date={duo.pk}&places=2")
    walk.to(f"/app/mes-reservations/{booked.pk}", "/app/mes-reservations?onglet=terminees")
    walk.to(f"/app/mes-reservations/{cast.booking.pk}/annuler", "/profil")
    walk.to("/offres", status=403)
    # A second booking of the same offer is refused where it is asked.
    walk.page.goto(f"{walk.base}/app/offre/{cast.offer.pk}/reserver")
    walk.page.get_by_role("button", name="Confirmer la réservation").click()
    expect(walk.page.get_by_text("Retrouve-la dans tes réservations.")).to_be_visible()
    walk.look()
    walk.end()


def test_a_professional_looks_at_the_pages_of_the_young_and_comes_back(walk: Walk, sign_in, cast):
    sign_in(cast.alice)

    walk.to("/app/", "/app/recherche", f"/app/offre/{cast.offer.pk}")
    menu = walk.page.get_by_role("navigation", name="Menu principal")
    expect(menu.locator("[aria-current]")).to_have_text("Recherche")
    walk.page.get_by_role("link", name="Mon espace").click()

    expect(walk.page).to_have_url(re.compile("/accueil"))
    walk.end()
