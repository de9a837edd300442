"""The desk with bad codes, and cancellations, in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.browser.axe import assert_good_at_all_widths
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def booking():
    """Chloé's place in ten days, that she may still cancel."""
    return BookingFactory(
        stock=StockFactory(offer__title="Le Lac des cygnes"),
        cancellation_limit_at=clock.now() + timedelta(days=1),
    )


@pytest.fixture
def desk(sign_in, booking, page: Page, live_server) -> Page:
    user = UserFactory()
    MembershipFactory(user=user, offerer=booking.offerer)
    sign_in(user)
    page.goto(f"{live_server.url}/guichet")
    return page


def test_the_desk_counts_what_is_missing_and_names_what_is_wrong(desk: Page, booking):
    code = desk.get_by_label("Contremarque").first

    code.press_sequentially("abc")
    expect(code).to_have_value("ABC")
    expect(desk.locator("#code-state")).to_have_text("Encore 3 caractères (3/6).")
    code.fill("ABC!")
    expect(desk.locator("#code-state")).to_contain_text("que des lettres")
    code.fill("ABCDEFG")
    expect(desk.locator("#code-state")).to_contain_text("trop long")
    code.fill("ZZZZZZ")
    expect(desk.locator("#code-state")).to_contain_text("pas été trouvée")
    assert_good_at_all_widths(desk)
    code.fill(f"PASSCULTURE:v3;TOKEN:{booking.countermark}")
    expect(code).to_have_value(booking.countermark)
    expect(desk.locator("#code-state")).to_contain_text("une fois le délai d’annulation passé")
    expect(desk.get_by_role("button", name="Valider la contremarque")).to_have_count(0)


def test_a_validation_is_taken_back_through_a_dialog(sign_in, page: Page, live_server, booking):
    used = BookingFactory(stock=StockFactory(offer__venue=booking.venue), used=True)
    user = UserFactory()
    MembershipFactory(user=user, offerer=booking.offerer)
    sign_in(user)
    page.goto(f"{live_server.url}/guichet?contremarque={used.countermark}")

    page.get_by_role("link", name="Invalider la contremarque").click()
    expect(page.get_by_role("dialog")).to_contain_text("ne sera plus remboursée")
    assert_good_at_all_widths(page)
    page.get_by_role("button", name="Continuer").click()

    expect(page.get_by_text(f"{used.countermark} invalidée")).to_be_visible()
    used.refresh_from_db()
    assert used.status == "CONFIRMED"


def test_a_young_person_cancels_and_gets_the_credit_back(sign_in, page: Page, live_server, booking):
    sign_in(booking.beneficiary)
    page.goto(f"{live_server.url}/app/mes-reservations/{booking.pk}")
    assert_good_at_all_widths(page)

    page.get_by_role("link", name="Annuler ma réservation").click()
    expect(page.get_by_role("dialog")).to_contain_text("10,00 € reviennent sur ton crédit")
    assert_good_at_all_widths(page)
    page.get_by_role("dialog").get_by_role("button", name="Annuler ma réservation").click()

    expect(page.get_by_role("heading", name="Réservation annulée")).to_be_visible()
    assert_good_at_all_widths(page)
    expect(page.locator(".credit-chip")).to_contain_text("300,00")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_script_the_same_cancellation_has_its_page(
    sign_in, page: Page, live_server, booking
):
    sign_in(booking.beneficiary)
    page.goto(f"{live_server.url}/app/mes-reservations/{booking.pk}")

    page.get_by_role("link", name="Annuler ma réservation").click()
    page.wait_for_url("**/annuler#annuler")
    page.get_by_role("button", name="Annuler ma réservation").click()

    expect(page.get_by_role("heading", name="Réservation annulée")).to_be_visible()


def test_a_date_is_withdrawn_after_its_page_told_what_will_happen(desk: Page, live_server, booking):
    desk.goto(f"{live_server.url}/offre/date/{booking.stock_id}/suppression")
    expect(desk.get_by_text("1 réservation", exact=True)).to_be_visible()
    assert_good_at_all_widths(desk)

    desk.get_by_role("button", name="Annuler la date et 1 réservation").click()

    expect(desk.get_by_text("1 réservation annulée (10,00 €)")).to_be_visible()
