"""School bookings are paid in the batch, whole, and become « Payée » (collective.md §14)."""

from datetime import timedelta

import pytest

from collective.exceptions import InPayment
from collective.models import CollectiveBooking, OfferChange
from collective.services import jobs
from collective.services.team import bring_back, cancel_by_team
from finance.enums import Compensation, EventStatus, IncidentKind
from finance.exceptions import IncidentRefused
from finance.income import yearly_income
from finance.models import FinanceEvent, FinanceIncident, Invoice, InvoiceLine, Pricing
from finance.services.batch import make_batch
from finance.services.incidents import (
    choose_compensation,
    propose_collective_incident,
    validate_incident,
)
from finance.services.invoice import generate_invoices
from finance.services.price_events import collect_and_price
from finance.services.review import accept_batch
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.collective.factories import (
    BudgetFactory,
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveStockFactory,
)
from tests.finance.factories import paid_venue, used_booking
from tests.finance.test_admin import agent
from tests.finance.world import DAY, JOB, NOW, old_venue, pay
from tests.venues.factories import VenueFactory
from venues.models import Venue

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
    assert Pricing.objects.get(collective_booking=one).revenue_cents in {0, 30_000_00}
    [year] = yearly_income(Venue.objects.filter(pk=hall.pk))
    assert (year.collective_cents, year.paid_count) == (144_00, 3)


def test_what_the_team_cancels_is_not_due_and_is_paid_once_if_it_comes_back():
    hall = old_venue(name="Salle")
    paid_venue(hall)
    gone, back = booked(hall, 99_00), booked(hall, 144_00)
    jobs.use(now=DAY)
    collect_and_price(now=DAY + timedelta(minutes=5))
    with clock.at(DAY + timedelta(hours=1)):
        for booking in (gone, back):
            cancel_by_team(booking_id=booking.pk, reason="BACKOFFICE", by=SYSTEM)

    for minutes in (65, 75):
        collect_and_price(now=DAY + timedelta(minutes=minutes))
    assert set(Pricing.objects.values_list("status", flat=True)) == {"CANCELLED"}
    assert set(FinanceEvent.objects.values_list("status", flat=True)) == {EventStatus.CANCELLED}

    with clock.at(DAY + timedelta(hours=2)):
        bring_back(booking_id=back.pk, by=SYSTEM)
        # Between two collections: the first use is never paid.
        cancel_by_team(booking_id=back.pk, reason="BACKOFFICE", by=SYSTEM)
        bring_back(booking_id=back.pk, by=SYSTEM)
    pay()

    assert Invoice.objects.get().reimbursed_cents == 144_00
    back.refresh_from_db()
    gone.refresh_from_db()
    assert (back.status, gone.status) == ("REIMBURSED", "CANCELLED")
    with clock.at(NOW + timedelta(days=1)), pytest.raises(InPayment):
        cancel_by_team(booking_id=back.pk, reason="BACKOFFICE", by=SYSTEM)


def test_a_paid_school_booking_is_taken_back_whole_by_two_people():
    hall = old_venue(name="Salle")
    paid_venue(hall)
    one = booked(hall, 144_00)
    jobs.use(now=DAY)
    collect_and_price(now=DAY + timedelta(minutes=5))
    first = pay()
    proposal = {"kind": IncidentKind.OVERPAYMENT, "origin": "Signalé par le collège"}
    alice, bob = (Actor.user(UserFactory(staff=True)) for _ in range(2))
    incident = propose_collective_incident(booking_id=one.pk, by=alice, **proposal)
    with pytest.raises(IncidentRefused):
        propose_collective_incident(booking_id=one.pk, by=alice, **proposal)

    with clock.at(NOW + timedelta(days=4)):
        validate_incident(incident_id=incident.pk, by=bob)

    one.refresh_from_db()
    assert (one.status, one.cancellation_reason) == ("CANCELLED", "FINANCE_INCIDENT")
    assert OutboxMessage.objects.filter(event="collective/incident").exists()
    with clock.at(NOW + timedelta(days=5)):
        # Nothing to take it from yet: the other form of compensation may still be chosen.
        choose_compensation(incident_id=incident.pk, compensation=Compensation.DEBIT_NOTE, by=bob)
    later = NOW + timedelta(days=16)
    batch = make_batch(now=later, by=JOB)
    accept_batch(batch_id=batch.pk, now=later, by=JOB)
    generate_invoices(batch_id=batch.pk, now=later, by=JOB)
    note = Invoice.objects.get(batch=batch)
    assert (first.sum_cents, note.amount_cents, note.is_debit_note) == (-144_00, 144_00, True)
    [year] = yearly_income(Venue.objects.filter(pk=hall.pk))
    assert year.collective_cents == 0
    # The venue is paid for its trouble all the same: the whole price, by a gesture.
    with pytest.raises(IncidentRefused):  # still in the first incident
        propose_collective_incident(
            kind=IncidentKind.COMMERCIAL_GESTURE, booking_id=one.pk, origin="Geste", by=alice
        )


def test_a_gesture_pays_a_cancelled_school_booking_in_full(client):
    hall = old_venue(name="Salle")
    paid_venue(hall)
    one = booked(hall, 144_00)
    CollectiveBooking.objects.filter(pk=one.pk).update(
        status="CANCELLED", cancelled_at=DAY, cancellation_reason="BACKOFFICE"
    )
    agent(client, "Support pro")
    place = "/admin/finance/financeincident/"
    typed = {"kind": "COMMERCIAL_GESTURE", "origin": "Accord du comité"}

    refused = client.post(f"{place}proposer/", typed | {"school_booking": one.pk, "amount": "3"})
    assert "prise seule et en entier" in refused.text
    assert (
        "inconnue" in client.post(f"{place}proposer/", typed | {"school_booking": one.pk + 1}).text
    )
    client.post(f"{place}proposer/", typed | {"school_booking": one.pk})
    incident = FinanceIncident.objects.get()
    assert "144,00" in client.get(place).text.replace("\u202f", "")
    with clock.at(NOW - timedelta(days=2)):
        validate_incident(incident_id=incident.pk, by=Actor.user(UserFactory(staff=True)))

    batch = pay()

    assert batch.sum_cents == -144_00
    assert Pricing.objects.get().rule_code == "GESTURE_100"
    one.refresh_from_db()
    assert one.status == "CANCELLED"


def test_without_a_siret_that_sets_the_rate_the_money_waits():
    venue = VenueFactory(siret=None, comment="Hors les murs")
    booked(venue, 50_00)
    jobs.use(now=DAY)
    for minutes in (5, 15):
        collect_and_price(now=DAY + timedelta(minutes=minutes))
    assert FinanceEvent.objects.get().status == EventStatus.PENDING
    assert not Pricing.objects.exists()
