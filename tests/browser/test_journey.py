"""The journey in a real browser: a young person by mouse on a phone, the desk by keyboard alone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from offers.models import Offer
from passpro.kernel import clock
from tests.accounts.factories import PASSWORD, UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.browser.axe import assert_good_at_all_widths
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import MembershipFactory, OffererFactory, VenueFactory

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 375, "height": 800}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def venue():
    return VenueFactory(offerer=OffererFactory(name="Théâtre des Embruns"), name="Grande salle")


@pytest.fixture
def alice(venue):
    user = UserFactory(first_name="Alice", last_name="Le Goff")
    MembershipFactory(user=user, offerer=venue.offerer)
    return user


def test_signing_in_by_keyboard_leads_home(live_server, page: Page, alice):
    page.set_viewport_size(DESK)
    page.goto(f"{live_server.url}/connexion")
    assert_good_at_all_widths(page)

    page.get_by_label("Adresse e-mail").focus()
    page.keyboard.type(alice.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Alice")


def test_a_young_person_books_with_three_taps_on_a_phone(live_server, page: Page, sign_in, venue):
    deposit = DepositFactory(user__department_code="29", user__postal_code="29200")
    stock = StockFactory(
        offer=OfferFactory(venue=venue, title="Le Lac des cygnes", duo=True),
        price_cents=12_50,
        beginning_at=clock.now() + timedelta(days=9),
    )
    sign_in(deposit.user)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/app/")
    assert_good_at_all_widths(page)
    page.set_viewport_size(PHONE)

    page.locator(f'a[href*="/app/offre/{stock.offer_id}"]').first.click()
    assert_good_at_all_widths(page)
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Réserver").first.click()
    page.locator('input[name="places"][value="2"]').check()
    page.get_by_role("button", name="Continuer").click()
    assert_good_at_all_widths(page)
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Confirmer la réservation").click()

    page.wait_for_url("**/app/mes-reservations/*")
    booking = Booking.objects.get(stock=stock)
    assert booking.quantity == 2
    expect(page.get_by_text(booking.countermark).first).to_be_visible()
    assert_good_at_all_widths(page)


def test_the_desk_works_by_keyboard_alone(live_server, page: Page, sign_in, alice, venue):
    booking = BookingFactory(stock=StockFactory(offer__venue=venue))
    sign_in(alice)
    page.set_viewport_size(DESK)
    page.goto(f"{live_server.url}/guichet")

    page.get_by_label("Contremarque").first.focus()
    page.keyboard.type(booking.countermark.lower())
    validate = page.get_by_role("button", name="Valider la contremarque")
    expect(validate).to_be_visible()
    expect(page.get_by_text(booking.beneficiary.get_full_name()).first).to_be_visible()
    assert_good_at_all_widths(page)
    validate.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text(f"{booking.countermark} validée")).to_be_visible()
    assert Booking.objects.get(pk=booking.pk).status == "USED"


def test_publishing_an_event_by_keyboard(live_server, page: Page, sign_in, alice, venue):
    sign_in(alice)
    page.set_viewport_size(DESK)
    page.goto(f"{live_server.url}/offre/creation?nature=evenement")
    assert_good_at_all_widths(page)
    page.set_viewport_size(DESK)

    page.get_by_label("Catégorie et sous-catégorie").select_option("VISITE_GUIDEE")
    page.get_by_label("Titre de l’offre").fill("Visite des coulisses")
    page.keyboard.press("Enter")
    page.wait_for_url("**/adresse")
    assert_good_at_all_widths(page)
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Enregistrer et continuer").press("Enter")
    page.wait_for_url("**/image")
    assert_good_at_all_widths(page)
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="Continuer sans image").press("Enter")
    page.wait_for_url("**/tarifs")
    expect(page.get_by_label("Intitulé du tarif")).to_have_value("Tarif unique")
    page.get_by_label("Prix par personne").fill("douze")
    page.keyboard.press("Enter")
    expect(page.get_by_text("12,50").first).to_be_visible()
    assert page.get_by_label("Prix par personne").input_value() == "douze"
    page.get_by_label("Prix par personne").fill("12,50")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dates")
    assert_good_at_all_widths(page)
    page.set_viewport_size(DESK)
    day = clock.now() + timedelta(days=9)
    page.locator("#id_date").fill(f"{day:%Y-%m-%d}")
    page.get_by_label("Heure de début").fill("20:30")
    page.get_by_label("Nombre de places").fill("10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table")).to_contain_text("0 / 10")
    page.goto(page.url.replace("/dates", "/recapitulatif"))
    assert_good_at_all_widths(page)
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Publier").first.focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/confirmation")
    assert Offer.objects.get(title="Visite des coulisses").is_active


@pytest.mark.parametrize(
    "path",
    ["/accueil", "/offres", "/reservations", "/structures", "/remboursements/justificatifs"],
)
def test_the_pages_of_the_portal_are_accessible(live_server, page: Page, sign_in, alice, path):
    BookingFactory(stock=StockFactory(offer__venue__offerer=alice.memberships.get().offerer))
    sign_in(alice)

    page.goto(f"{live_server.url}{path}")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_good_at_all_widths(page)


@pytest.mark.parametrize(
    "path", ["/app/recherche", "/app/mes-reservations", "/app/credit", "/app/recherche?q=rien"]
)
def test_the_pages_of_young_people_are_accessible(live_server, page: Page, sign_in, path):
    booking = BookingFactory()
    sign_in(booking.beneficiary)

    page.goto(f"{live_server.url}{path}")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_good_at_all_widths(page)
