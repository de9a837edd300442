"""Correct what was paid: overpayments, gestures, two people, the next batch (§15, §10.3, §12.6)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from bookings import inconsistencies as booking_controls
from bookings.models import Booking, Deposit
from finance import inconsistencies
from finance.documents import invoice_context, store_invoice_pdf
from finance.enums import Compensation, IncidentKind
from finance.exceptions import (
    AnotherPersonNeeded,
    IncidentNotOpen,
    IncidentRefused,
    IncidentSettled,
)
from finance.exports import csv_lines, details_of
from finance.models import (
    CashflowBatch,
    CustomRule,
    FinanceIncident,
    Invoice,
    Pricing,
    ReferenceScheme,
)
from finance.services.batch import make_batch
from finance.services.incident_amounts import share
from finance.services.incidents import (
    cancel_incident,
    choose_compensation,
    propose_incident,
    validate_incident,
)
from finance.services.invoice import generate_invoices
from finance.services.review import accept_batch
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.finance.factories import LONG_AGO, mark_unused, paid_venue, used_booking
from tests.finance.world import DAY, JOB, NOW, check_sums, old_venue, pay

pytestmark = pytest.mark.django_db
OVERPAYMENT, GESTURE = IncidentKind.OVERPAYMENT, IncidentKind.COMMERCIAL_GESTURE
LATER = datetime.fromisoformat("2026-06-01T05:00+02:00")
WEEK_AFTER = datetime.fromisoformat("2026-05-20T12:00+02:00")


@pytest.fixture
def hall() -> Any:
    venue = old_venue(name="Salle")
    paid_venue(venue)
    return venue


@pytest.fixture
def alice() -> Actor:
    return Actor.user(UserFactory(staff=True))


@pytest.fixture
def bob() -> Actor:
    return Actor.user(UserFactory(staff=True))


def propose(*bookings: Booking, by: Actor, **facts: Any) -> FinanceIncident:
    facts = {"kind": OVERPAYMENT, "origin": "Demande du lieu", **facts}
    return propose_incident(countermarks=[b.countermark for b in bookings], by=by, **facts)


def next_batch(now: datetime = LATER) -> CashflowBatch:
    batch = make_batch(now=now, by=JOB)
    accept_batch(batch_id=batch.pk, now=now, by=JOB)
    generate_invoices(batch_id=batch.pk, now=now, by=JOB)
    batch.refresh_from_db()
    return batch


def all_is_well(now: datetime = LATER) -> bool:
    counts = {**inconsistencies.control(now=now), **booking_controls.control(now=now)}
    return not {name: n for name, n in counts.items() if n and not name.endswith("_again")}


def test_a_booking_taken_back_whole_is_kept_on_the_next_payment(
    hall: Any, alice: Actor, bob: Actor
) -> None:
    paid = used_booking(venue=hall, used_at=DAY, cents=30_00)
    pay()
    paid.refresh_from_db()
    deposit = paid.deposit
    deposit.spent_cents = 30_00
    deposit.save()
    paid.stock.booked_quantity = 1
    paid.stock.save()

    with clock.at(WEEK_AFTER):
        incident = propose(paid, by=alice)
        with pytest.raises(AnotherPersonNeeded):
            validate_incident(incident_id=incident.pk, by=alice)
        with pytest.raises(IncidentRefused):
            propose(paid, by=bob)
        validate_incident(incident_id=incident.pk, by=bob)
        with pytest.raises(IncidentNotOpen):
            validate_incident(incident_id=incident.pk, by=bob)
        used_booking(venue=hall, used_at=WEEK_AFTER, cents=45_00)
    Booking.objects.exclude(pk=paid.pk).get().stock.save()

    batch = next_batch()

    paid.refresh_from_db()
    deposit.refresh_from_db()
    assert (paid.status, paid.cancellation_reason) == ("CANCELLED", "FINANCE_INCIDENT")
    assert deposit.spent_cents == 0
    assert list(batch.cashflows.values_list("amount_cents", flat=True)) == [-15_00]
    check_sums(batch)
    invoice = Invoice.objects.get(batch=batch)
    assert [(line.label, line.rate, line.paid_cents) for line in invoice.lines.all()] == [
        ("Réservations", 1, 45_00),
        ("Incidents", 1, -30_00),
    ]
    [venue] = invoice_context(invoice)["venues"]
    assert (venue.bookings_cents, venue.incident_cents, venue.paid_cents) == (45_00, 30_00, 15_00)
    rows = b"".join(csv_lines(details_of(invoice))).decode()
    assert "Incident sur mai" in rows
    assert '"-30,00"' in rows
    events = OutboxMessage.objects.values_list("event", flat=True)
    assert {"finance/incident_overpayment", "finance/incident_credit_back"} <= set(events)
    finance = inconsistencies.control(now=LATER)
    assert not [name for name, n in finance.items() if n and not name.endswith("_again")]
    assert not FinanceIncident.objects.with_money().get().is_unpaid


def test_a_part_is_taken_back_at_the_rate_of_the_payment(
    hall: Any, alice: Actor, bob: Actor
) -> None:
    used_booking(venue=hall, used_at=DAY, cents=20_000_00)
    concert = used_booking(venue=hall, used_at=DAY + timedelta(hours=1), cents=80_00)
    pay()
    deposit = concert.deposit
    deposit.spent_cents = 80_00
    deposit.save()

    with clock.at(WEEK_AFTER):
        incident = propose(concert, by=alice, amount_cents=30_00)
        validate_incident(incident_id=incident.pk, by=bob)
        used_booking(venue=hall, used_at=WEEK_AFTER, cents=100_00)
    batch = next_batch()

    concert.refresh_from_db()
    deposit.refresh_from_db()
    assert (concert.status, concert.returned_cents, deposit.spent_cents) == (
        "REIMBURSED", 30_00, 50_00,
    )  # fmt: skip
    amounts = Pricing.objects.filter(event__incident_item__isnull=False).order_by("pk")
    assert list(amounts.values_list("amount_cents", "rule_code")) == [
        (76_00, "STANDARD_95"),
        (-47_50, "STANDARD_95"),
    ]
    assert batch.cashflows.get().amount_cents == -(95_00 - 28_50)
    incidents = Invoice.objects.get(batch=batch).lines.get(label="Incidents")
    assert (incidents.bookings_cents, incidents.rate) == (-30_00, incidents.rate)
    assert f"{incidents.rate:.4f}" == "0.9500"
    deposits_wrong = booking_controls.deposits_with_wrong_counter()
    assert concert.deposit_id not in deposits_wrong


def test_what_is_owed_waits_then_becomes_a_debit_note(
    hall: Any, alice: Actor, bob: Actor, settings: Any
) -> None:
    paid = used_booking(venue=hall, used_at=DAY, cents=30_00)
    pay()
    with clock.at(WEEK_AFTER):
        incident = propose(paid, by=alice)
        validate_incident(incident_id=incident.pk, by=bob)

    waiting = next_batch()
    assert not waiting.cashflows.exists()
    words = incident.logs.latest("pk").why
    assert words == "VIR2 : en attente du prochain remboursement"
    with clock.at(LATER):
        choose_compensation(incident_id=incident.pk, compensation=Compensation.DEBIT_NOTE, by=alice)
    batch = next_batch(LATER + timedelta(days=15))

    note = Invoice.objects.get(batch=batch)
    assert (note.kind, note.reference, note.amount_cents) == ("DEBIT_NOTE", "A260000001", 30_00)
    assert batch.transfer_sha256 == ""
    assert ReferenceScheme.objects.get(prefix="A").next_number == 2
    assert OutboxMessage.objects.filter(event="finance/debit_note").exists() is bool(
        hall.booking_email
    )
    store_invoice_pdf(note.pk)
    note.refresh_from_db()
    assert "Note-de-debit" in note.pdf.name
    with pytest.raises(IncidentSettled):
        choose_compensation(incident_id=incident.pk, compensation=Compensation.NEXT_BATCH, by=alice)
    assert all_is_well(LATER + timedelta(days=15))


def test_after_ninety_days_without_payment_the_debit_note_comes_by_itself(
    hall: Any, alice: Actor, bob: Actor
) -> None:
    paid = used_booking(venue=hall, used_at=DAY, cents=30_00)
    pay()
    with clock.at(WEEK_AFTER):
        validate_incident(incident_id=propose(paid, by=alice).pk, by=bob)

    early = next_batch(NOW + timedelta(days=89))
    late = next_batch(NOW + timedelta(days=110))

    assert (early.cashflows.count(), late.cashflows.count()) == (0, 1)


def test_a_gesture_is_shared_by_places_and_paid(hall: Any, alice: Actor, bob: Actor) -> None:
    bookings = [used_booking(venue=hall, used_at=DAY, cents=30_00)]
    stock = bookings[0].stock
    bookings += [
        used_booking(stock=stock, used_at=DAY, quantity=2),
        used_booking(stock=stock, used_at=DAY),
    ]
    for booking in bookings:
        mark_unused(booking, WEEK_AFTER, to="CANCELLED")
    Deposit.objects.update(spent_cents=F("amount_cents"))

    with clock.at(WEEK_AFTER):
        incident = propose(*bookings, by=alice, kind=GESTURE, amount_cents=50_02)
        validate_incident(incident_id=incident.pk, by=bob)
    batch = next_batch()

    parts = list(incident.items.order_by("booking_id").values_list("new_total_cents", flat=True))
    assert parts == [12_51, 25_01, 12_50]
    assert batch.cashflows.get().amount_cents == -50_02
    line = Invoice.objects.get(batch=batch).lines.get()
    assert (line.label, line.rate, line.contribution_cents) == ("Gestes commerciaux", 1, 0)
    assert set(Booking.objects.values_list("status", flat=True)) == {"CANCELLED"}


def test_shares_lose_no_cent() -> None:
    assert share(100, {3: 1, 1: 1, 2: 1}) == {3: 33, 1: 34, 2: 33}


def test_a_fixed_amount_is_taken_back_in_proportion(hall: Any, alice: Actor, bob: Actor) -> None:
    booking = used_booking(venue=hall, used_at=DAY, cents=25_00, quantity=2)
    CustomRule.objects.create(offer=booking.offer, amount_cents=18_00, started_at=LONG_AGO)
    pay()

    with clock.at(WEEK_AFTER):
        incident = propose(booking, by=alice, amount_cents=20_00)
        validate_incident(incident_id=incident.pk, by=bob)
    next_batch()

    incidents = Pricing.objects.filter(event__incident_item__isnull=False).order_by("pk")
    assert list(incidents.values_list("amount_cents", flat=True)) == [36_00, -21_60]


def test_what_cannot_be_proposed(hall: Any, alice: Actor) -> None:
    paid = used_booking(venue=hall, used_at=DAY, cents=30_00)
    pay()
    used = used_booking(venue=hall, used_at=WEEK_AFTER, cents=30_00)
    paid.refresh_from_db()

    def refused(*bookings: Booking, **facts: Any) -> str:
        with pytest.raises(IncidentRefused) as refusal:
            propose(*bookings, by=alice, **facts)
        return str(refusal.value.message)

    assert "validée" not in refused(used)
    assert "ne l’est pas" in refused(used)
    assert "30,00" in refused(paid, amount_cents=30_01)
    assert "0,01" in refused(paid, amount_cents=0)
    assert "annulée" in refused(paid, kind=GESTURE, amount_cents=1_00)
    with pytest.raises(IncidentRefused, match="inconnue"):
        propose_incident(kind=OVERPAYMENT, countermarks=["NOPE00"], origin="Demande", by=alice)
    assert not FinanceIncident.objects.exists()

    incident = propose(paid, by=alice)
    cancel_incident(incident_id=incident.pk, by=alice, why="Erreur de saisie")
    assert propose(paid, by=alice).status == "CREATED"


def test_the_team_proposes_and_another_agent_validates(client: Any, hall: Any) -> None:
    from tests.finance.test_admin import agent

    paid = used_booking(venue=hall, used_at=DAY, cents=30_00)
    pay()
    place = "/admin/finance/financeincident/"
    form = {
        "kind": "OVERPAYMENT", "countermarks": paid.countermark.lower(), "amount": "",
        "origin": "Séance annulée",
    }  # fmt: skip

    wrong = agent(client, "Support pro").post(f"{place}proposer/", {**form, "amount": "99"})
    assert wrong.status_code == 400
    assert "Séance annulée" in wrong.text
    client.post(f"{place}proposer/", form)
    incident = FinanceIncident.objects.get()
    own = client.post(f"{place}{incident.pk}/valider/", {"compensation": "NEXT_BATCH"})
    assert "Une autre personne" in own.text
    assert "Incidents à valider" in client.get("/admin/").text
    assert paid.countermark in client.get(f"{place}{incident.pk}/change/").text

    finance = agent(client, "Finance")
    assert finance.get(f"{place}proposer/").status_code == 403
    finance.post(f"{place}{incident.pk}/valider/", {"compensation": "DEBIT_NOTE"})
    incident.refresh_from_db()
    assert (incident.status, incident.forces_debit_note) == ("VALIDATED", True)
    assert "30,00" in client.get(place).text

    reader = agent(client, "Lecture seule")
    assert reader.get(f"{place}proposer/").status_code == 403
