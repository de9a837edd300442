"""The door of a venue in a real browser: camera, undo, live counter, a pile of codes."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.browser.axe import assert_good_at_all_widths
from tests.browser.conftest import SCANNED_CODE
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def booking():
    """A place of tonight, whose code the camera films."""
    return BookingFactory(
        stock=StockFactory(
            offer__title="Le Lac des cygnes", beginning_at=clock.now() + timedelta(minutes=20)
        ),
        countermark=SCANNED_CODE,
    )


@pytest.fixture
def desk(sign_in, booking, page: Page, live_server) -> Page:
    user = UserFactory()
    MembershipFactory(user=user, offerer=booking.offerer)
    sign_in(user)
    page.goto(f"{live_server.url}/guichet")
    return page


def test_the_camera_reads_a_code_that_is_validated_then_taken_back(desk: Page, booking):
    desk.get_by_role("button", name="Scanner avec l’appareil photo").click()

    expect(desk.get_by_role("heading", name="Le Lac des cygnes").last).to_be_visible()
    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(desk.get_by_label("Contremarque").first).to_have_value(SCANNED_CODE)
    desk.get_by_role("button", name="Valider la contremarque").click()
    expect(desk.get_by_text(f"{SCANNED_CODE} validée")).to_be_visible()
    expect(desk.locator(".presence .stat-figure")).to_have_text("1 / 1 présent")

    desk.get_by_role("link", name=f"Revenir en arrière pour {SCANNED_CODE}").click()
    expect(desk.get_by_role("dialog")).to_contain_text("ne sera plus remboursée")
    desk.get_by_role("button", name="Continuer").click()

    expect(desk.get_by_text(f"{SCANNED_CODE} invalidée")).to_be_visible()
    assert Booking.objects.get(pk=booking.pk).status == "CONFIRMED"


# What the worker of the desk without network keeps would be found without asking.
@pytest.mark.browser_context_args(service_workers="block")
def test_closing_the_camera_gives_the_field_back(desk: Page):
    desk.route("**/vendor/qr/**", lambda route: route.fulfill(status=404))
    desk.get_by_role("button", name="Scanner avec l’appareil photo").click()

    expect(desk.locator("[data-scan-state]")).to_contain_text("Tapez le code")
    desk.get_by_role("button", name="Fermer et taper le code").click()

    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_a_keyboard_scanner_reads_one_code_after_the_other(desk: Page, booking):
    code = desk.get_by_label("Contremarque").first

    for read in ("ZZZZZZ", f"PASSCULTURE:v3;TOKEN:{booking.countermark}"):
        code.press_sequentially(read)
        expect(desk.locator("#desk-result")).not_to_have_attribute("data-state", "")

    expect(desk.get_by_role("button", name="Valider la contremarque")).to_be_visible()


def test_the_counter_of_the_attendance_list_moves_by_itself(desk: Page, live_server, booking):
    desk.goto(f"{live_server.url}/guichet/seance/{booking.stock_id}")
    expect(desk.locator(".presence .stat-figure")).to_have_text("0 / 1 présent")
    assert_good_at_all_widths(desk)

    Booking.objects.filter(pk=booking.pk).update(status="USED", used_at=clock.now())

    expect(desk.locator(".presence .stat-figure")).to_have_text("1 / 1 présent", timeout=9_000)


def test_a_pile_of_codes_gets_an_answer_a_line(desk: Page, live_server, booking):
    desk.get_by_role("link", name="Plusieurs codes").click()
    desk.get_by_label("Contremarques").fill(f"{booking.countermark}\nZZZZZZ")
    desk.get_by_role("button", name="Valider ces contremarques").click()

    expect(desk.get_by_role("heading", name="1 validée, 1 refusée")).to_be_visible()
    expect(desk.get_by_label("Contremarques")).to_have_value("ZZZZZZ")
    assert_good_at_all_widths(desk)
    desk.goto(f"{live_server.url}/guichet/seances")
    expect(desk.get_by_text("liste à imprimer")).to_be_visible()
    assert_good_at_all_widths(desk)


def test_a_venue_gets_its_calendar_address(desk: Page, live_server):
    desk.goto(f"{live_server.url}/guichet/agendas")
    desk.get_by_role("button", name="Créer l’adresse").click()

    expect(desk.locator("input[readonly]")).to_have_value(re.compile(r"/agenda/\d+/\w{40}\.ics$"))
    assert_good_at_all_widths(desk)
