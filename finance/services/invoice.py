"""Justificatifs of a batch: one per account, gapless numbers, bookings REIMBURSED (§12)."""

import logging
import secrets
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Sum

from bookings.models import Booking
from bookings.services.reimburse import mark_reimbursed
from collective.services.pay import mark_reimbursed as mark_paid_to_partner
from finance import emails, transitions
from finance.enums import BatchStatus, CashflowStatus, InvoiceKind, PricingLogReason, PricingStatus
from finance.exceptions import BatchNotAccepted, NothingToInvoice
from finance.models import (
    Cashflow,
    CashflowBatch,
    Invoice,
    InvoiceLine,
    Pricing,
    ReferenceScheme,
)
from finance.services.invoice_lines import lines_of
from finance.services.locks import lock_free_bookings, lock_invoiced_accounts
from finance.tasks import ask_invoice_pdfs_task, make_batch_files_task
from passpro.kernel import clock
from passpro.kernel.actor import Actor

logger = logging.getLogger(__name__)

SCHEMES = {InvoiceKind.REIMBURSEMENT: "F", InvoiceKind.DEBIT_NOTE: "A"}

ACCOUNTS_PER_TRANSACTION = 500


class InconsistentInvoice(RuntimeError):
    """Lines and cashflows differ: nothing is written for this account."""


def generate_invoices(*, batch_id: int, now: datetime, by: Actor) -> dict[str, int]:
    """Make the missing justificatifs of an accepted batch; safe to run again, twice at once too.

    Groups of accounts, each in its transaction: a failing account is logged, the others go on, and
    the batch becomes INVOICED when none is left. Raises BatchNotAccepted, NothingToInvoice.
    """
    batch = CashflowBatch.objects.get(pk=batch_id)
    if batch.status == BatchStatus.INVOICED:
        raise NothingToInvoice
    if batch.status != BatchStatus.ACCEPTED:
        raise BatchNotAccepted
    counts = {"invoices": 0, "failed": 0, "free": _settle_free_bookings(now=now, by=by)}
    accounts = list(
        _waiting(batch).order_by("bank_account").values_list("bank_account", flat=True).distinct()
    )
    for start in range(0, len(accounts), ACCOUNTS_PER_TRANSACTION):
        group = accounts[start : start + ACCOUNTS_PER_TRANSACTION]
        made = _invoice_or_halve(batch, group, now=now, by=by)
        counts["invoices"] += made["invoices"]
        counts["failed"] += made["failed"]
    _close_batch(batch.pk, now=now, by=by)
    return counts


def _invoice_or_halve(
    batch: CashflowBatch, account_ids: list[int], *, now: datetime, by: Actor
) -> dict[str, int]:
    """A failing account is found by halving its group; the others get their document."""
    try:
        return {
            "invoices": _invoice_accounts(batch, account_ids, now=now, by=by),
            "failed": 0,
        }
    except Exception:
        if len(account_ids) == 1:
            logger.exception(
                "A justificatif could not be made.",
                extra={"batch": batch.pk, "bank_account": account_ids[0]},
            )
            return {"invoices": 0, "failed": 1}
    middle = len(account_ids) // 2
    halves = [
        _invoice_or_halve(batch, half, now=now, by=by)
        for half in (account_ids[:middle], account_ids[middle:])
    ]
    return {name: sum(half[name] for half in halves) for name in ("invoices", "failed")}


def _waiting(batch: CashflowBatch) -> Any:
    return Cashflow.objects.filter(batch=batch, status=CashflowStatus.UNDER_REVIEW, invoice=None)


@transaction.atomic
def _settle_free_bookings(*, now: datetime, by: Actor) -> int:
    """§12.4: pricings in a batch without cashflow (all free) are settled without document."""
    lock_free_bookings()
    free = Pricing.objects.filter(status=PricingStatus.PROCESSED, cashflow_link=None)
    ids = list(free.order_by("pk").values_list("pk", flat=True))
    if ids:
        _settle(ids, now=now, by=by)
    return len(ids)


@transaction.atomic
def _invoice_accounts(
    batch: CashflowBatch, account_ids: list[int], *, now: datetime, by: Actor
) -> int:
    """A document per account, their lines and all their effects, or nothing (§12.4)."""
    lock_invoiced_accounts(account_ids)
    # Looked at again inside the locks: a second run finds nothing and stops quietly (§22).
    cashflows = list(_waiting(batch).filter(bank_account__in=account_ids).order_by("bank_account"))
    if not cashflows:
        return 0
    pricing_ids = list(
        Pricing.objects.filter(cashflow_link__cashflow__in=cashflows)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    _settle(pricing_ids, now=now, by=by)
    lines = lines_of([cashflow.pk for cashflow in cashflows])
    kinds = [_kind_of(cashflow) for cashflow in cashflows]
    references = _references_for(kinds, now=now)
    invoices = Invoice.objects.bulk_create(
        Invoice(
            reference=reference,
            kind=kind,
            bank_account_id=cashflow.bank_account_id,
            batch=batch,
            created_at=now,
            amount_cents=sum(line.reimbursed_cents for line in lines[cashflow.pk]),
            token=secrets.token_urlsafe(32),
        )
        for reference, kind, cashflow in zip(references, kinds, cashflows, strict=True)
    )
    for invoice, cashflow in zip(invoices, cashflows, strict=True):
        if invoice.amount_cents != cashflow.amount_cents:
            raise InconsistentInvoice(f"batch {batch.pk}, account {invoice.bank_account_id}")
        for line in lines[cashflow.pk]:
            line.invoice = invoice
    InvoiceLine.objects.bulk_create(line for found in lines.values() for line in found)
    moved = transitions.accept_cashflows(
        {cashflow.pk: invoice.pk for invoice, cashflow in zip(invoices, cashflows, strict=True)},
        now=now,
    )
    if moved != len(cashflows):
        raise InconsistentInvoice(f"batch {batch.pk}: a cashflow changed meanwhile")
    emails.queue_invoices_available(invoices)
    ids = [invoice.pk for invoice in invoices]
    transaction.on_commit(lambda: _ask_for_pdfs(ids), robust=True)
    return len(invoices)


def _kind_of(cashflow: Cashflow) -> InvoiceKind:
    """§12.6: what a venue owes us is asked by a debit note."""
    return InvoiceKind.DEBIT_NOTE if cashflow.amount_cents > 0 else InvoiceKind.REIMBURSEMENT


def _references_for(kinds: list[InvoiceKind], *, now: datetime) -> list[str]:
    """One number each, of its own kind, always taken in the same order of kinds."""
    taken = {
        kind: iter(take_references(kind, kinds.count(kind), now=now))
        for kind in (InvoiceKind.REIMBURSEMENT, InvoiceKind.DEBIT_NOTE)
        if kind in kinds
    }
    return [next(taken[kind]) for kind in kinds]


def _settle(pricing_ids: list[int], *, now: datetime, by: Actor) -> None:
    """Bookings first (lock order), then pricings → INVOICED."""
    bookings = Booking.objects.filter(pricings__in=pricing_ids)
    mark_reimbursed(bookings=bookings, now=now, by=by)
    school = Pricing.objects.filter(pk__in=pricing_ids, collective_booking__isnull=False)
    mark_paid_to_partner(
        booking_ids=list(school.values_list("collective_booking", flat=True)), now=now, by=by
    )
    moved = transitions.move_pricings(
        pricing_ids, PricingStatus.INVOICED, reason=PricingLogReason.INVOICE_GENERATED, now=now
    )
    if moved != len(pricing_ids):
        raise InconsistentInvoice(f"{len(pricing_ids) - moved} pricings are not PROCESSED")


def take_references(kind: InvoiceKind, count: int, *, now: datetime) -> list[str]:
    """§12.2: the next numbers of the Paris year, without gap; the counter stays locked until
    commit. A year's counter is made with its first document, so that 1 January needs nobody.
    """
    year = clock.paris_day(now).year
    ReferenceScheme.objects.bulk_create(
        [ReferenceScheme(name=kind.value, prefix=SCHEMES[kind], year=year)], ignore_conflicts=True
    )
    scheme = ReferenceScheme.objects.select_for_update(of=("self",), no_key=True).get(
        name=kind.value, year=year
    )
    references = []
    for _ in range(count):
        references.append(scheme.next_reference)
        scheme.next_number += 1
    scheme.save(update_fields=["next_number"])
    return references


@transaction.atomic
def _close_batch(batch_id: int, *, now: datetime, by: Actor) -> None:
    batch = CashflowBatch.objects.lock_for_change(batch_id)
    if batch.status == BatchStatus.ACCEPTED and not _waiting(batch).exists():
        transitions.move_batch(batch, BatchStatus.INVOICED, now=now, by=by)
        transaction.on_commit(partial(make_batch_files_task.delay, batch.pk), robust=True)


def _ask_for_pdfs(invoice_ids: list[int]) -> None:
    """A broken queue only delays the PDFs: the page and the nightly control ask again."""
    ask_invoice_pdfs_task.delay(invoice_ids)


def progress(batch: CashflowBatch) -> dict[str, int]:
    """« n of m left » of the staff page (§20)."""
    total = batch.cashflows.count()
    done = batch.cashflows.filter(status=CashflowStatus.ACCEPTED).count()
    amount = batch.cashflows.aggregate(total=Sum("amount_cents"))["total"] or 0
    return {"total": total, "done": done, "left": total - done, "amount_cents": -amount}
