"""The desk when the network is cut: today's list, validations kept, undo, and the return."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Booking
from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.browser.axe import assert_good_at_all_widths
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bookings():
    """Three places at an event of now, that is of today wherever midnight is."""
    stock = StockFactory(offer__title="Le Lac des cygnes", beginning_at=clock.now())
    return [BookingFactory(stock=stock) for _ in range(3)]


def test_a_door_without_network_validates_takes_back_and_reconciles(
    context: BrowserContext, live_server, sign_in: Callable, bookings
):
    first, second, third = bookings
    user = UserFactory()
    MembershipFactory(user=user, offerer=first.offerer)
    sign_in(user)
    # The next code is typed before the last one is stored.
    context.add_init_script(SLOW_STORAGE)
    page: Page = context.new_page()
    page.goto(f"{live_server.url}/guichet")
    expect(page.get_by_text("Prêt à continuer sans réseau : 3 réservations")).to_be_visible()
    page.evaluate(WORKER_READY)

    context.set_offline(True)
    expect(page.get_by_role("heading", name="Guichet sans réseau")).to_be_visible()
    expect(page.get_by_text("Pas de réseau. Vous pouvez continuer")).to_be_visible()
    # Nothing to read for whoever opens the storage, and the page comes back by itself.
    stored = page.evaluate(READ_ALL)
    assert first.countermark not in stored
    assert first.beneficiary.last_name not in stored
    page.reload()

    field = page.get_by_label("Contremarque, 6 lettres ou chiffres")
    validate = page.get_by_role("button", name="Valider la contremarque")
    for booking in bookings:
        field.fill(booking.countermark)
        expect(page.get_by_text(booking.beneficiary.get_full_name()).first).to_be_visible()
        validate.click()
    expect(page.get_by_role("heading", name="En attente du réseau (3)")).to_be_visible()
    field.fill(first.countermark)
    expect(page.get_by_text("a déjà été validée")).to_be_visible()
    page.get_by_role("button", name=f"Revenir en arrière pour {second.countermark}").click()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="En attente du réseau (2)")).to_be_visible()
    assert_good_at_all_widths(page)
    # Meanwhile somebody else validates the third one.
    Booking.objects.filter(pk=third.pk).update(
        status="USED", used_at=clock.now() - timedelta(minutes=1), validated_by="OFFERER"
    )

    context.set_offline(False)
    expect(page.get_by_role("heading", name="Refusées au retour du réseau (1)")).to_be_visible()
    expect(page.locator("[data-section=refused]")).to_contain_text("a déjà été validée")
    expect(page.get_by_role("heading", name="En attente du réseau")).to_have_count(0)
    states = dict(Booking.objects.values_list("pk", "status"))
    assert [states[booking.pk] for booking in bookings] == ["USED", "CONFIRMED", "USED"]
    assert first.transitions.count() == 1
    assert third.transitions.count() == 0

    page.reload()
    page.get_by_role("button", name="J’ai vu").click()
    expect(page.locator("[data-section=refused]")).to_be_hidden()
    page.get_by_role("link", name="Revenir au guichet").click()
    expect(page.get_by_text(first.countermark, exact=True)).to_be_visible()
    page.locator("summary.user-menu").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('guichet-cle')") is None
    page.wait_for_load_state()
    assert page.evaluate(BASES_LEFT) == 0


def test_what_waits_outlives_the_tab_and_the_session(
    context: BrowserContext, live_server, sign_in: Callable, bookings
):
    first = bookings[0]
    user = UserFactory()
    MembershipFactory(user=user, offerer=first.offerer)
    sign_in(user)
    page: Page = context.new_page()
    page.goto(f"{live_server.url}/guichet")
    expect(page.get_by_text("Prêt à continuer sans réseau : 3 réservations")).to_be_visible()
    page.evaluate(WORKER_READY)
    context.set_offline(True)
    expect(page.get_by_role("heading", name="Guichet sans réseau")).to_be_visible()
    page.get_by_label("Contremarque, 6 lettres ou chiffres").fill(first.countermark)
    page.get_by_role("button", name="Valider la contremarque").click()
    expect(page.get_by_role("heading", name="En attente du réseau (1)")).to_be_visible()
    stored = page.evaluate(READ_ALL)
    assert first.countermark not in stored

    page.close()
    context.clear_cookies()
    context.set_offline(False)
    sign_in(user)
    page = context.new_page()
    page.goto(f"{live_server.url}/guichet/hors-ligne")

    expect(page.get_by_text("Tout a été envoyé.")).to_be_visible()
    expect(page.get_by_role("heading", name="En attente du réseau")).to_have_count(0)
    first.refresh_from_db()
    assert first.status == "USED"


SLOW_STORAGE = """
const ask = navigator.locks.request.bind(navigator.locks);
navigator.locks.request = async (...what) => {
  await new Promise((done) => setTimeout(done, 200));
  return ask(...what);
};
"""

# Evaluated: the polling of `wait_for_function` is an eval, which the policy refuses.
WORKER_READY = """async () => {
    const workers = navigator.serviceWorker;
    if (!workers.controller) {
        await new Promise((done) => workers.addEventListener("controllerchange", done));
    }
}"""
BASES_LEFT = """async () => {
    for (let tries = 0; tries < 100 && (await indexedDB.databases()).length; tries++) {
        await new Promise((done) => setTimeout(done, 50));
    }
    return (await indexedDB.databases()).length;
}"""
READ_ALL = """async () => {
    const base = await new Promise((resolve) => {
        const request = indexedDB.open("guichet");
        request.onsuccess = () => resolve(request.result);
    });
    const all = await new Promise((resolve) => {
        const request = base.transaction("kept").objectStore("kept").getAll();
        request.onsuccess = () => resolve(request.result);
    });
    return JSON.stringify(all.map((one) => one.data ? new TextDecoder().decode(one.data) : one));
}"""
