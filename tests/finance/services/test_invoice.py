"""Review and justificatifs (§12)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bookings.enums import BookingStatus
from finance.enums import InvoiceKind
from finance.exceptions import (
    BatchNotAccepted,
    BatchNotReady,
    NothingToInvoice,
    SecondPersonNeeded,
)
from finance.models import (
    Cashflow,
    CashflowBatch,
    CashflowPricing,
    FinanceEvent,
    Invoice,
    Pricing,
    ReferenceScheme,
)
from finance.services import invoice as module
from finance.services.batch import make_batch
from finance.services.invoice import generate_invoices, progress, take_references
from finance.services.jobs import batch_job
from finance.services.review import accept_batch
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.finance.factories import paid_venue, used_booking
from tests.finance.world import DAY, JOB, NOW, check_sums, fortnight, old_venue, pay

pytestmark = pytest.mark.django_db


def accepted_batch() -> CashflowBatch:
    batch = make_batch(now=NOW, by=JOB)
    return accept_batch(batch_id=batch.pk, now=NOW, by=JOB)


def test_justificatifs_and_all_their_effects() -> None:
    world = fortnight()

    batch = pay()

    assert batch.status == "INVOICED"
    assert list(Invoice.objects.order_by("pk").values_list("reference", "amount_cents")) == [
        ("F260000001", -(19_990_00 + 77_43)),
        ("F260000002", -18_55),
    ]
    assert set(Cashflow.objects.values_list("status", flat=True)) == {"ACCEPTED"}
    assert set(Pricing.objects.values_list("booking__status", "status")) == {
        ("REIMBURSED", "INVOICED"),
        ("USED", "VALIDATED"),  # no account
    }
    for booking in world.bookings[:6]:
        booking.refresh_from_db()
        assert (booking.status, booking.reimbursed_at) == (BookingStatus.REIMBURSED, NOW)
        assert booking.transitions.filter(before="USED", after="REIMBURSED").count() == 1
    world.bookings[6].refresh_from_db()
    assert world.bookings[6].status == BookingStatus.USED
    check_sums(batch)


def test_lines_are_grouped_by_scale_and_rate() -> None:
    fortnight()
    pay()

    hall, shop = Invoice.objects.order_by("reference")

    def shown(invoice: Invoice) -> list[tuple]:
        return [
            (line.group_label, line.rate, line.bookings_cents, line.contribution_cents,
             line.paid_cents)
            for line in invoice.lines.all()
        ]  # fmt: skip

    assert shown(hall) == [
        ("Barème général", Decimal(1), 19_990_00, 0, 19_990_00),
        ("Barème général", Decimal("0.95"), 81_50, 4_07, 77_43),
    ]
    assert shown(shop) == [
        ("Barème livres", Decimal(1), 18_55, 0, 18_55),
        ("Barème non remboursé", Decimal(0), 12_00, 12_00, 0),
    ]


def test_mails_go_to_the_booking_addresses_of_the_linked_venues() -> None:
    world = fortnight()
    venue = world.bookings[0].venue
    silent = world.bookings[3].venue
    silent.booking_email = ""
    silent.save()

    pay()

    message = OutboxMessage.objects.get(event="finance/invoice_available")
    assert message.recipient == venue.booking_email
    assert "20 067,43" in message.payload["context"]["amount"].replace("\u202f", " ")


def test_only_an_accepted_batch_gives_justificatifs_and_only_once() -> None:
    fortnight()
    batch = make_batch(now=NOW, by=JOB)
    with pytest.raises(BatchNotAccepted):
        generate_invoices(batch_id=batch.pk, now=NOW, by=JOB)
    accept_batch(batch_id=batch.pk, now=NOW, by=JOB)
    assert progress(batch) == {"total": 2, "done": 0, "left": 2, "amount_cents": 20_085_98}
    generate_invoices(batch_id=batch.pk, now=NOW, by=JOB)
    assert progress(batch)["left"] == 0
    with pytest.raises(NothingToInvoice):
        generate_invoices(batch_id=batch.pk, now=NOW, by=JOB)
    with pytest.raises(BatchNotReady):
        accept_batch(batch_id=batch.pk, now=NOW, by=JOB)


def test_above_the_limit_two_different_people_accept(settings: Any) -> None:
    settings.BATCH_SECOND_PERSON_ABOVE_CENTS = 100_00
    fortnight()
    batch = make_batch(now=NOW, by=JOB)
    farid, ines = (Actor.user(UserFactory(staff=True)) for _ in range(2))
    with pytest.raises(SecondPersonNeeded):
        accept_batch(batch_id=batch.pk, now=NOW, by=JOB)

    assert accept_batch(batch_id=batch.pk, now=NOW, by=farid).status == "UNDER_REVIEW"
    with pytest.raises(SecondPersonNeeded):
        accept_batch(batch_id=batch.pk, now=NOW, by=farid)
    done = accept_batch(batch_id=batch.pk, now=NOW, by=ines)

    assert (done.status, done.accepted_by_id, done.second_accepted_by_id) == (
        "ACCEPTED",
        farid.user_id,
        ines.user_id,
    )
    assert list(done.logs.order_by("pk").values_list("after", flat=True)) == [
        "GENERATING", "UNDER_REVIEW", "UNDER_REVIEW", "ACCEPTED",
    ]  # fmt: skip


def test_one_failing_account_does_not_stop_the_others_and_leaves_no_gap(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fortnight()
    batch = accepted_batch()
    first = batch.cashflows.order_by("bank_account").first().bank_account_id
    real = module.emails.queue_invoices_available

    def failing(invoices: list[Invoice]) -> None:
        if first in {invoice.bank_account_id for invoice in invoices}:
            raise RuntimeError("boom")
        real(invoices)

    monkeypatch.setattr(module.emails, "queue_invoices_available", failing)
    counts = generate_invoices(batch_id=batch.pk, now=NOW, by=JOB)
    monkeypatch.undo()
    batch.refresh_from_db()

    assert (counts["invoices"], counts["failed"], batch.status) == (1, 1, "ACCEPTED")
    assert Invoice.objects.get().reference == "F260000001"
    assert generate_invoices(batch_id=batch.pk, now=NOW, by=JOB)["invoices"] == 1
    assert sorted(Invoice.objects.values_list("reference", flat=True)) == [
        "F260000001",
        "F260000002",
    ]
    batch.refresh_from_db()
    assert batch.status == "INVOICED"


def test_numbers_restart_each_paris_year() -> None:
    before, after = (
        datetime.fromisoformat(text)
        for text in ("2026-12-31T23:59:59+01:00", "2026-12-31T23:00:00+00:00")
    )

    assert take_references(InvoiceKind.REIMBURSEMENT, 1, now=before) == ["F260000001"]
    assert take_references(InvoiceKind.REIMBURSEMENT, 1, now=before) == ["F260000002"]
    assert take_references(InvoiceKind.REIMBURSEMENT, 1, now=after) == ["F270000001"]
    assert take_references(InvoiceKind.DEBIT_NOTE, 1, now=after) == ["A270000001"]
    assert ReferenceScheme.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_justificatif_once() -> None:
    fortnight()
    batch = accepted_batch()

    def worker() -> int:
        try:
            return generate_invoices(batch_id=batch.pk, now=NOW, by=JOB)["invoices"]
        except NothingToInvoice:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = [future.result(timeout=60) for future in [pool.submit(worker) for _ in range(4)]]

    assert sum(made) == 2
    assert sorted(Invoice.objects.values_list("reference", flat=True)) == [
        "F260000001",
        "F260000002",
    ]


def test_the_job_pays_by_itself_when_the_setting_says_so(settings: Any) -> None:
    fortnight()
    settings.FINANCE_AUTOMATIC_INVOICES = False
    assert batch_job(now=NOW) == {"batches": 1, "invoices": 0}
    settings.FINANCE_AUTOMATIC_INVOICES = True
    assert batch_job(now=NOW) == {"batches": 0, "invoices": 2}
    assert batch_job(now=NOW) == {"batches": 0, "invoices": 0}
    assert batch_job(now=NOW + timedelta(days=16)) == {"batches": 1, "invoices": 0}


def test_the_job_leaves_a_large_batch_to_two_people(settings: Any) -> None:
    settings.FINANCE_AUTOMATIC_INVOICES = True
    settings.BATCH_SECOND_PERSON_ABOVE_CENTS = 100_00
    fortnight()

    assert batch_job(now=NOW) == {"batches": 1, "invoices": 0}
    assert CashflowBatch.objects.get().status == "UNDER_REVIEW"


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    uses=st.lists(
        st.tuples(
            st.integers(0, 1),  # venue
            st.sampled_from([0, 1, 5, 6, 10, 99, 18_55, 24_90, 81_50, 300_00, 15_000_00]),
            st.sampled_from(["CONCERT", "LIVRE_PAPIER", "VOD"]),
            st.integers(0, 400),  # hours before the cut-off
        ),
        max_size=8,
    )
)
def test_every_cent_can_be_followed_from_the_booking_to_the_bank(
    uses: list[tuple[int, int, str, int]],
) -> None:
    """Lines = pricings = cashflow = justificatif = control sum; a second run changes nothing."""
    from tests.finance.world import picture

    venues = [old_venue(), old_venue()]
    for venue in venues:
        paid_venue(venue)
    bookings = [
        used_booking(
            venue=venues[which],
            used_at=NOW - timedelta(hours=6 + hours),
            cents=cents,
            subcategory=code,
        )
        for which, cents, code, hours in uses
    ]

    batch = pay()

    check_sums(batch)
    paid = -sum(Cashflow.objects.values_list("amount_cents", flat=True))
    assert paid == -sum(Pricing.objects.values_list("amount_cents", flat=True))
    if paid:
        with batch.transfer_file.open("rb") as file:
            document = ET.fromstring(file.read())  # noqa: S314 - written by us
        sums = [e.text for e in document.iter() if e.tag.endswith("CtrlSum")]
        assert {round(Decimal(text) * 100) for text in sums} == {paid}
    assert (
        all(
            b.status == BookingStatus.REIMBURSED
            for b in type(bookings[0]).objects.filter(pk__in=[b.pk for b in bookings])
        )
        if bookings
        else True
    )
    before = picture()
    pay()
    assert picture() == before
    # The next example starts afresh.
    CashflowPricing.objects.all().delete()
    Cashflow.objects.all().delete()
    Invoice.objects.all().delete()
    CashflowBatch.objects.all().delete()
    Pricing.objects.all().delete()
    FinanceEvent.objects.all().delete()
    for booking in bookings:
        booking.transitions.all().delete()
        booking.delete()


def test_the_token_of_a_file_cannot_be_guessed() -> None:
    fortnight()
    pay()

    for token in Invoice.objects.values_list("token", flat=True):
        assert re.fullmatch(r"[\w-]{43}", token)


def test_december_uses_are_paid_in_january_with_a_january_number() -> None:
    venue = old_venue()
    paid_venue(venue)
    used_booking(venue=venue, used_at=DAY.replace(month=12, day=31), cents=9_00)

    pay(now=datetime.fromisoformat("2027-01-01T05:00+01:00"))

    invoice = Invoice.objects.get()
    assert invoice.reference == "F270000001"
    assert (invoice.batch.first_day.isoformat(), invoice.batch.last_day.isoformat()) == (
        "2026-12-16",
        "2026-12-31",
    )
