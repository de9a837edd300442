"""The festival of seed 004, from its kind to its planned publication, by keyboard alone."""

from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from offers.enums import DisplayStatus, OfferValidation
from offers.models import Offer
from passpro.kernel import clock
from tests.venues.factories import MembershipFactory, VenueFactory

pytestmark = pytest.mark.django_db(transaction=True)

_STOPS = 150
_PATIENCE = 20_000


class Keys:
    """Somebody without a mouse: Tab leads to each thing, other keys fill or press it."""

    def __init__(self, page: Page) -> None:
        self.page, self.main = page, page.locator("main")
        self.focused = page.locator(":focus")

    def to(self, target: Locator) -> Locator:
        expect(target).to_be_visible(timeout=_PATIENCE)
        here = target.and_(self.focused)
        for _ in range(_STOPS):
            if here.count():
                return target
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {target}")

    def field(self, name: str) -> Locator:
        return self.to(self.main.locator(f"[name='{name}']"))

    def type(self, name: str, typed: str) -> None:
        field = self.field(name)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(typed)
        expect(field).to_have_value(typed)

    def select(self, name: str, typed: str, value: str) -> None:
        """A closed list goes to the choice that begins as one types."""
        field = self.field(name)
        self.page.keyboard.type(typed)
        expect(field).to_have_value(value)

    def radio(self, name: str, value: str) -> None:
        """Tab enters a group at its chosen button, else at the first; arrows choose."""
        group = self.main.locator(f"[name='{name}']")
        chosen = group.and_(self.page.locator(":checked"))
        self.to(chosen if chosen.count() else group.first)
        wanted = self.main.locator(f"[name='{name}'][value='{value}']")
        for _ in range(group.count()):
            if wanted.and_(self.focused).count():
                break
            self.page.keyboard.press("ArrowDown")
        if not wanted.is_checked():
            self.page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def parts(self, name: str, value: str, *ways: str) -> None:
        """A day or an hour, whose parts come in the order of the browser's own language."""
        field = self.field(name)
        for typed in ways:
            self.page.keyboard.type(typed)
            if field.input_value() == value:
                return
            for _ in range(3):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"{name} holds {field.input_value()}")

    def day(self, name: str, day: date) -> None:
        self.parts(name, f"{day:%Y-%m-%d}", f"{day:%d%m%Y}", f"{day:%m%d%Y}")

    def hour(self, name: str, hour: time) -> None:
        self.parts(name, f"{hour:%H:%M}", f"{hour:%H%M}", f"{hour:%I%M%p}")

    def press(self, name: str, role: str = "button") -> None:
        self.to(self.main.get_by_role(role, name=name, exact=True).last)
        self.page.keyboard.press("Enter")

    def arrive(self, title: str) -> None:
        """Past the menus, by the first link of the page."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title, timeout=_PATIENCE)
        skip = self.page.get_by_role("link", name="Aller au contenu")
        self.page.keyboard.press("Tab")
        if skip.and_(self.focused).count():
            self.page.keyboard.press("Enter")


def test_the_festival_is_published_by_keyboard_alone(live_server, page: Page, sign_in):
    membership = MembershipFactory()
    VenueFactory(offerer=membership.offerer)
    sign_in(membership.user)
    first = clock.today() + timedelta(days=40)
    keys, on_sale = Keys(page), first - timedelta(days=30)
    page.goto(f"{live_server.url}/offre/creation")

    keys.radio("nature", "evenement")
    keys.press("Étape suivante")
    keys.arrive("Détails de l’offre")
    keys.select("subcategory_id", "Festival de musique", "FESTIVAL_MUSIQUE")
    expect(page.locator("main [name='withdrawal_type']").first).to_be_visible()
    keys.type("title", "Festival des Grandes Marées")
    keys.type("description", "Dix jours de musique face à la mer.")
    keys.select("music", "Acid Jazz", "501:502")
    keys.radio("withdrawal_type", "by_email")
    keys.select("email_delay", "48 heures", str(48 * 3600))
    keys.type("booking_contact", "billetterie@example.org")
    keys.type("withdrawal_details", "Envoyés depuis billetterie@example.org.")
    keys.press("Enregistrer et continuer")
    keys.arrive("Adresse de l’offre")
    keys.press("Enregistrer et continuer")
    keys.arrive("Image de l’offre")
    keys.press("Continuer sans image", "link")
    keys.arrive("Tarifs")

    # Enter in a field saves; « Ajouter » leads to the name of the new line.
    prices = [("Plein tarif", "28"), ("Réduit", "14,50"), ("Moins de 18 ans", "5")]
    for number, (label, price) in enumerate(prices):
        if number:
            keys.press("Ajouter un tarif")
            expect(page.locator(f"[name='tarifs-{number}-label']")).to_be_focused(timeout=_PATIENCE)
            keys.type(f"tarifs-{number}-label", label)
        keys.type(f"tarifs-{number}-price", price)
    keys.type("tarifs-0-label", prices[0][0])
    expect(keys.field("is_duo")).to_be_checked()
    page.keyboard.press("Enter")
    keys.arrive("Dates et capacités")

    keys.radio("rhythm", "daily")
    keys.day("date", first)
    keys.day("last", first + timedelta(days=9))
    keys.hour("hour_1", time(14, 30))
    keys.press("Ajouter un créneau")
    expect(page.locator("[name='hour_2']")).to_be_focused(timeout=_PATIENCE)
    keys.hour("hour_2", time(20, 30))
    offer = Offer.objects.get()
    for number, price in enumerate(offer.price_categories.order_by("price_cents"), start=1):
        keys.type(f"places_{price.pk}", f"{number}0")
    keys.type("limit_days", "2")
    keys.press("Ajouter ces 60 dates")
    expect(page.get_by_role("heading", name="60 dates", exact=True)).to_be_visible(
        timeout=_PATIENCE
    )

    keys.press("Récapitulatif", "link")
    keys.arrive("Récapitulatif")
    keys.radio("when", "later")
    keys.day("publication_day", on_sale)
    keys.select("publication_hour", "10 h 30", "10:30")
    keys.press("Publier l’offre")
    expect(page).to_have_url(f"{live_server.url}/offre/{offer.pk}/confirmation", timeout=_PATIENCE)

    offer = Offer.objects.with_display_status(clock.now()).get()
    assert (offer.validation, offer.is_duo) == (OfferValidation.APPROVED, True)
    assert offer.display_status == DisplayStatus.SCHEDULED
    assert offer.publication_at == datetime.combine(on_sale, time(10, 30), tzinfo=clock.PARIS)
    assert (offer.withdrawal_type, offer.withdrawal_delay_seconds) == ("by_email", 172_800)
    stocks = list(offer.stocks.order_by("beginning_at", "price_cents"))
    assert [(stock.price_cents, stock.quantity) for stock in stocks] == [
        (5_00, 10),
        (14_50, 20),
        (28_00, 30),
    ] * 20
    days = [first + timedelta(days=n) for n in range(10)]
    assert [stock.beginning_at.astimezone(clock.PARIS) for stock in stocks[::3]] == [
        datetime.combine(day, hour, tzinfo=clock.PARIS)
        for day in days
        for hour in (time(14, 30), time(20, 30))
    ]
    assert all(s.beginning_at.timetz() and s.booking_limit_at < s.beginning_at for s in stocks)
