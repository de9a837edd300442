"""An event moves to another venue: what follows, what refuses (OFF-150, OFF-151)."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections, transaction

from bookings.services.book import book_offer
from finance.exceptions import DecisionNeedsReason, OfferStays
from finance.models import FinanceEvent, Pricing
from finance.services.offer_venues import Move, move_offer, preview_move, venues_for
from finance.services.price_events import collect_and_price
from offers.models import Offer, Stock
from passpro.kernel import action_log, clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.finance.factories import mark_used, price_point
from tests.finance.world import old_venue
from tests.offers.factories import StockFactory
from tests.venues.factories import OffererFactory, ProviderFactory, VenueFactory
from venues.models import Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> Any:
    """A hall and a studio with their SIRET, a barn priced at the hall's."""
    offerer = OffererFactory(name="Théâtre")
    hall, studio = (old_venue(offerer=offerer, name=name) for name in ("Salle", "Studio"))
    barn = old_venue(offerer=offerer, name="Grange", siret=None, comment="Prêtée")
    for venue, point in ((hall, hall), (studio, studio), (barn, hall)):
        price_point(venue, point)
    return hall, studio, barn


def move(stock: Stock, venue: Venue, **facts: Any) -> Move:
    offer = Offer.objects.get(pk=stock.offer_id)
    said: dict[str, Any] = {"reason": "Travaux", "by": SYSTEM} | facts
    return move_offer(offer=offer, venue_id=venue.pk, **said)


def test_bookings_and_their_money_follow_and_people_are_told_once(places: Any) -> None:
    hall, studio, barn = places
    stock = StockFactory(offer__venue=hall, offer__title="Le Lac")
    held, priced, late = BookingFactory.create_batch(3, stock=stock)
    mark_used(priced, clock.now())
    after = stock.beginning_at + timedelta(days=1)
    collect_and_price(now=after)  # a date that was past when its money was worked out, then moved
    amount = Pricing.objects.get().amount_cents
    mark_used(late, clock.now())  # used, not collected yet
    OutboxMessage.objects.all().delete()

    assert list(venues_for(stock.offer)) == [barn, studio]
    with pytest.raises(OfferStays, match="même SIRET"):
        move(stock, studio)
    assert preview_move(offer=stock.offer) == Move(bookings=3, priced=1, to_tell=1)
    assert move(stock, barn, tell_beneficiaries=True).bookings == 3
    collect_and_price(now=after)

    offer = Offer.objects.get(pk=stock.offer_id)
    assert offer.venue == barn
    assert "grange" in offer.search_text
    assert set(offer.bookings.values_list("venue", flat=True)) == {barn.pk}
    assert set(FinanceEvent.objects.values_list("venue", "pricing_point", "status")) == {
        (barn.pk, hall.pk, "PRICED")
    }
    assert set(Pricing.objects.values_list("venue", "amount_cents")) == {(barn.pk, amount)}
    assert Pricing.objects.count() == 2
    assert [mail.payload["to"] for mail in OutboxMessage.objects.all()] == [
        [held.beneficiary.email]
    ]
    line = action_log.lines_of(offer)[0]
    assert (line.why, "Grange" in str(line)) == ("Travaux", True)
    # Played again: the offer is there already, nothing changes and nobody is told.
    assert move(stock, barn, tell_beneficiaries=True) == Move(0, 0, 0)
    assert OutboxMessage.objects.count() == 1


def test_uses_that_are_not_priced_go_to_the_new_siret(places: Any) -> None:
    hall, studio, _ = places
    stock = StockFactory(offer__venue=hall)
    used = mark_used(BookingFactory(stock=stock), clock.now())
    event = FinanceEvent.objects.create(
        transition=used.transitions.latest("pk"), booking=used, venue=hall, pricing_point=hall,
        motive="BOOKING_USED", status="READY", value_at=clock.now(), ordering_at=clock.now(),
    )  # fmt: skip

    move(stock, studio)

    event.refresh_from_db()
    assert (event.status, event.venue, event.pricing_point) == ("READY", studio, studio)
    assert event.ordering_at == stock.beginning_at


def test_what_refuses_to_move(places: Any) -> None:
    hall, studio, _ = places
    stock = StockFactory(offer__venue=hall)
    past = StockFactory(offer__venue=hall, beginning_at=clock.now() - timedelta(hours=1))
    good = StockFactory(undated=True, offer__venue=hall)
    paid = BookingFactory(stock__offer__venue=hall, reimbursed=True).stock
    frozen = BookingFactory(stock__offer__venue=hall, used=True, frozen_at=clock.now()).stock
    software = ProviderFactory()
    kept = StockFactory(offer__venue=hall, offer__provider=software, offer__provider_key="a")
    unpriced = old_venue(offerer=hall.offerer, siret=None, comment="Prêtée")
    far = old_venue(offerer=hall.offerer, department_code="974", postal_code="97400")

    with pytest.raises(DecisionNeedsReason):
        move(stock, studio, reason=" ")
    for refused, to, why in (
        (past, studio, "passée"),
        (good, studio, "Seul un événement"),
        (paid, studio, "remboursées"),
        (frozen, studio, "remboursées"),
        (kept, studio, "pas autorisé"),
        (stock, unpriced, "SIRET du barème"),
        (stock, old_venue(), "autre lieu de la structure"),
        (stock, VenueFactory(offerer=hall.offerer, virtual=True), "autre lieu de la structure"),
        (stock, far, "autre heure"),
    ):
        with pytest.raises(OfferStays, match=why):
            move(refused, to)
        assert Offer.objects.get(pk=refused.offer_id).venue == hall


def test_the_team_moves_an_event_from_its_page(client: Any, places: Any) -> None:
    hall, studio, _ = places
    stock = StockFactory(offer__venue=hall, offer__title="Le Lac")
    BookingFactory(stock=stock)
    agent = UserFactory(staff=True)
    agent.groups.set(Group.objects.filter(name="Conformité"))
    client.force_login(agent)
    page = f"/admin/offers/offer/{stock.offer_id}/changer-de-lieu/"

    asked = client.get(page).text
    assert "Aujourd’hui dans" in asked
    assert "1 réservation et leur argent suivent" in asked
    assert page in client.get(f"/admin/offers/offer/{stock.offer_id}/change/").text
    unsaid = client.post(page, {"venue": studio.pk, "reason": ""})
    assert "obligatoire" in unsaid.text
    done = client.post(page, {"venue": studio.pk, "reason": "Travaux"}, follow=True).text

    assert "a changé de lieu" in done
    assert stock.bookings.get().venue == studio
    client.force_login(UserFactory(staff=True))
    assert client.get(page).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_booking_made_meanwhile_is_made_at_the_new_venue(places: Any) -> None:
    hall, studio, _ = places
    stock, deposit = StockFactory(offer__venue=hall), DepositFactory()

    def book() -> None:
        try:
            book_offer(beneficiary=deposit.user, stock_id=stock.pk, quantity=1, by=SYSTEM)
        finally:
            connections.close_all()

    person = threading.Thread(target=book)
    with transaction.atomic():
        list(Stock.objects.filter(pk=stock.pk).lock_for_booking())
        person.start()
        waiting = 0
        while not waiting and person.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                waiting = cursor.fetchone()[0]
        move(stock, studio)
    person.join(timeout=30)

    stock.refresh_from_db()
    assert [one.venue for one in stock.bookings.all()] == [studio]
    assert stock.booked_quantity == 1
