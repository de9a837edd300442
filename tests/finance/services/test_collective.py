"""School bookings are paid in the batch, whole, and become « Payée » (collective.md §14)."""

from datetime import timedelta

import pytest

from collective.models import OfferChange
from collective.services import jobs
from finance.enums import EventStatus
from finance.models import FinanceEvent, Invoice, InvoiceLine, Pricing
from finance.services.price_events import collect_and_price
from passpro.kernel import clock
from tests.collective.factories import (
    BudgetFactory,
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveStockFactory,
)
from tests.finance.factories import paid_venue, used_booking
from tests.finance.world import DAY, NOW, old_venue, pay
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db


def booked(venue, cents, *, ends_at=DAY - timedelta(days=3)):
    """Confirmed by the head of school; the event ended."""
    with clock.at(ends_at - timedelta(days=60)):
        offer = CollectiveOfferFactory(venue=venue)
        stock = CollectiveStockFactory(offer=offer, starts_at=ends_at, price_cents=cents)
        budget = BudgetFactory(institution=offer.institution)
        return CollectiveBookingFactory(stock=stock, confirmed=True, budget=budget)


def test_from_the_use_to_the_day_of_payment():
    hall = old_venue(name="Salle")
    paid_venue(hall)
    used_booking(venue=hall, used_at=DAY, cents=30_000_00)
    one, free = booked(hall, 144_00), booked(hall, 0)
    late = booked(hall, 99_00, ends_at=NOW - timedelta(hours=47))
    assert jobs.use(now=DAY) == {"used": 2}

    assert collect_and_price(now=DAY + timedelta(minutes=5))["school"] == 2
    assert collect_and_price(now=DAY + timedelta(minutes=15))["school"] == 0
    pricing = Pricing.objects.get(collective_booking=one)
    assert (pricing.amount_cents, pricing.rule_code) == (-144_00, "COLLECTIVE_100")
    assert sum(line.amount_cents for line in pricing.lines.all()) == -144_00
    batch = pay()

    for booking in (one, free):
        booking.refresh_from_db()
        assert (booking.status, booking.reimbursed_at) == ("REIMBURSED", NOW)
        offer = booking.stock.offer
        assert offer.display_status_at(NOW) == "REIMBURSED"
        assert OfferChange.objects.filter(offer=offer, after="REIMBURSED", at=NOW).count() == 1
    late.refresh_from_db()
    assert late.status == "CONFIRMED"
    # Whole, beside the individual revenue that alone chooses the bracket.
    assert batch.status == "INVOICED"
    individual = Pricing.objects.get(booking__isnull=False)
    assert individual.revenue_cents == 30_000_00
    invoice = Invoice.objects.get()
    assert invoice.amount_cents == individual.amount_cents - 144_00
    assert InvoiceLine.objects.filter(reimbursed_cents=-144_00, contribution_cents=0).exists()


def test_without_a_siret_that_sets_the_rate_the_money_waits():
    venue = VenueFactory(siret=None, comment="Hors les murs")
    booked(venue, 50_00)
    jobs.use(now=DAY)
    for minutes in (5, 15):
        collect_and_price(now=DAY + timedelta(minutes=minutes))
    assert FinanceEvent.objects.get().status == EventStatus.PENDING
    assert not Pricing.objects.exists()
