"""A fortnight of several structures, and everything about money in it as plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bookings.models import Booking
from finance.models import (
    BankAccount,
    Cashflow,
    CashflowBatch,
    CashflowLog,
    Invoice,
    InvoiceLine,
    Pricing,
    PricingLog,
    ReferenceScheme,
)
from finance.services.batch import make_batch
from finance.services.invoice import generate_invoices
from finance.services.review import accept_batch
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.finance.factories import LONG_AGO, paid_venue, used_booking
from tests.venues.factories import OffererFactory, VenueFactory

NOW = datetime.fromisoformat("2026-05-16T05:00+02:00")
CUTOFF = datetime.fromisoformat("2026-05-16T00:00+02:00")
DAY = datetime.fromisoformat("2026-05-10T12:00+02:00")
JOB = Actor.job("Lot de virements")


def old_venue(**facts: Any) -> Any:
    return VenueFactory(created_at=LONG_AGO, **facts)


@dataclass
class World:
    accounts: list[BankAccount]
    bookings: list[Booking]


def fortnight() -> World:
    """Three accounts: two rates, a book, one not reimbursed, a free one; one venue unpaid."""
    hall, shop, free = (old_venue(name=name) for name in ("Salle", "Librairie", "Gratuit"))
    accounts = [paid_venue(hall), paid_venue(shop), paid_venue(free)]
    unpaid = old_venue(offerer=OffererFactory(name="Sans compte"))
    bookings = [
        used_booking(venue=hall, used_at=DAY, cents=19_990_00),
        used_booking(venue=hall, used_at=DAY + timedelta(hours=1), cents=81_50),
        used_booking(venue=hall, used_at=DAY + timedelta(hours=2), cents=0),
        used_booking(venue=shop, used_at=DAY, cents=18_55, subcategory="LIVRE_PAPIER"),
        used_booking(venue=shop, used_at=DAY, cents=12_00, subcategory="VOD"),
        used_booking(venue=free, used_at=DAY, cents=0),
        used_booking(venue=unpaid, used_at=DAY, cents=7_00),
    ]
    return World(accounts, bookings)


def pay(now: datetime = NOW) -> CashflowBatch:
    """What the team does of a fortnight, from wherever it was left."""
    batch = CashflowBatch.objects.latest_first().first()
    if batch is None or batch.status == "GENERATING":
        batch = make_batch(now=now, by=JOB)
    if batch.status == "UNDER_REVIEW":
        batch = accept_batch(batch_id=batch.pk, now=now, by=JOB)
    if batch.status == "ACCEPTED":
        generate_invoices(batch_id=batch.pk, now=now, by=JOB)
    batch.refresh_from_db()
    return batch


def picture() -> dict[str, Any]:
    """All that two runs must have in common, to the cent; without ids made by the runs."""
    return {
        "batches": _rows(
            CashflowBatch, "label", "cutoff_at", "cashflow_count", "pricing_count",
            "sum_cents", "status", "transfer_sha256", "transfer_error",
        ),
        "cashflows": _rows(
            Cashflow, "bank_account", "amount_cents", "status", "iban", "end_to_end_id",
            "invoice__reference",
        ),
        "cashflow_logs": _rows(CashflowLog, "cashflow__bank_account", "before", "after"),
        "pricings": _rows(
            Pricing, "booking", "amount_cents", "rule_code", "revenue_cents", "status",
            "cashflow_link__cashflow__bank_account",
        ),
        "pricing_logs": _rows(PricingLog, "pricing__booking", "before", "after", "reason"),
        "invoices": _rows(Invoice, "reference", "bank_account", "amount_cents", "created_at"),
        "lines": _rows(
            InvoiceLine, "invoice__reference", "group_label", "rate", "contribution_cents",
            "reimbursed_cents",
        ),
        "counters": _rows(ReferenceScheme, "name", "year", "next_number"),
        "bookings": _rows(Booking, "pk", "status", "frozen_at", "reimbursed_at"),
        "messages": _rows(OutboxMessage, "event", "recipient"),
    }  # fmt: skip


def _rows(model: Any, *columns: str) -> list[tuple]:
    return sorted(model.objects.values_list(*columns), key=str)


def check_sums(batch: CashflowBatch) -> None:
    """Lines = pricings = cashflow = justificatif = control sum of the transfer file."""
    for cashflow in batch.cashflows.all():
        pricings = list(Pricing.objects.filter(cashflow_link__cashflow=cashflow))
        lines = sum(line.amount_cents for p in pricings for line in p.lines.all())
        assert cashflow.amount_cents == sum(p.amount_cents for p in pricings) == lines
        invoice = cashflow.invoice
        assert invoice is not None
        assert invoice.amount_cents == cashflow.amount_cents
        assert sum(line.reimbursed_cents for line in invoice.lines.all()) == cashflow.amount_cents
