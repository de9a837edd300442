"""Justificatifs of a batch: one per account, gapless numbers, bookings REIMBURSED (§12)."""

import logging
import secrets
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from bookings.models import Booking
from bookings.services.reimburse import mark_reimbursed
from finance import emails, transitions
from finance.enums import BatchStatus, CashflowStatus, InvoiceKind, PricingLogReason, PricingStatus
from finance.exceptions import BatchNotAccepted, NothingToInvoice
from finance.models import (
    Cashflow,
    CashflowBatch,
    CustomRule,
    Invoice,
    InvoiceLine,
    Pricing,
    ReferenceScheme,
)
from finance.rates import CUSTOM, RULES_BY_CODE
from finance.services.locks import lock_free_bookings, lock_invoiced_account
from finance.tasks import make_batch_files_task, make_invoice_pdf_task
from passpro.kernel import clock
from passpro.kernel.actor import Actor

logger = logging.getLogger(__name__)

SCHEMES = {InvoiceKind.REIMBURSEMENT: "F", InvoiceKind.DEBIT_NOTE: "A"}


class InconsistentInvoice(RuntimeError):
    """Lines and cashflows differ: nothing is written for this account."""


def generate_invoices(*, batch_id: int, now: datetime, by: Actor) -> dict[str, int]:
    """Make the missing justificatifs of an accepted batch; safe to run again, twice at once too.

    One transaction per account: a failing one is logged, the others go on, and the batch becomes
    INVOICED when none is left. Raises BatchNotAccepted, NothingToInvoice.
    """
    batch = CashflowBatch.objects.get(pk=batch_id)
    if batch.status == BatchStatus.INVOICED:
        raise NothingToInvoice
    if batch.status != BatchStatus.ACCEPTED:
        raise BatchNotAccepted
    counts = {"invoices": 0, "failed": 0, "free": _settle_free_bookings(now=now, by=by)}
    accounts = _waiting(batch).order_by("bank_account").values_list("bank_account", flat=True)
    for account_id in accounts.distinct():
        try:
            counts["invoices"] += _invoice_account(batch, account_id, now=now, by=by)
        except Exception:
            counts["failed"] += 1
            logger.exception(
                "A justificatif could not be made.",
                extra={"batch": batch.pk, "bank_account": account_id},
            )
    _close_batch(batch.pk, now=now, by=by)
    return counts


def _waiting(batch: CashflowBatch) -> Any:
    return Cashflow.objects.filter(
        batch=batch, status=CashflowStatus.UNDER_REVIEW, amount_cents__lte=0, invoice=None
    )


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
def _invoice_account(batch: CashflowBatch, account_id: int, *, now: datetime, by: Actor) -> int:
    """One document, its lines and all its effects, or nothing (§12.4)."""
    lock_invoiced_account(account_id)
    # Looked at again inside the lock: a second run finds nothing and stops quietly (§22).
    cashflows = list(_waiting(batch).filter(bank_account=account_id).order_by("pk"))
    if not cashflows:
        return 0
    pricing_ids = list(
        Pricing.objects.filter(cashflow_link__cashflow__in=cashflows)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    _settle(pricing_ids, now=now, by=by)
    lines = _lines_of(pricing_ids)
    invoice = Invoice.objects.create(
        reference=take_reference(InvoiceKind.REIMBURSEMENT, now=now),
        bank_account_id=account_id,
        batch=batch,
        created_at=now,
        amount_cents=sum(line.reimbursed_cents for line in lines),
        token=secrets.token_urlsafe(32),
    )
    for line in lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(lines)
    if invoice.amount_cents != sum(cashflow.amount_cents for cashflow in cashflows):
        raise InconsistentInvoice(f"batch {batch.pk}, account {account_id}")
    transitions.move_cashflows(
        [cashflow.pk for cashflow in cashflows],
        CashflowStatus.ACCEPTED,
        now=now,
        invoice_id=invoice.pk,
    )
    emails.queue_invoice_available(invoice)
    transaction.on_commit(lambda: _ask_for_pdf(invoice.pk), robust=True)
    return 1


def _settle(pricing_ids: list[int], *, now: datetime, by: Actor) -> None:
    """Bookings first (lock order), then pricings → INVOICED."""
    bookings = Booking.objects.filter(pricings__in=pricing_ids)
    mark_reimbursed(bookings=bookings, now=now, by=by)
    moved = transitions.move_pricings(
        pricing_ids, PricingStatus.INVOICED, reason=PricingLogReason.INVOICE_GENERATED, now=now
    )
    if moved != len(pricing_ids):
        raise InconsistentInvoice(f"{len(pricing_ids) - moved} pricings are not PROCESSED")


def _lines_of(pricing_ids: list[int]) -> list[InvoiceLine]:
    """§12.3: one line per (group, rate), rules that share both share it; one per custom rule."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.rule_code, p.custom_rule_id,
                   SUM(l.amount_cents) FILTER (WHERE l.category = 'OFFERER_CONTRIBUTION')::bigint,
                   SUM(l.amount_cents)::bigint
            FROM finance_pricing p JOIN finance_pricingline l ON l.pricing_id = p.id
            WHERE p.id = ANY(%s) GROUP BY p.rule_code, p.custom_rule_id
            """,
            [pricing_ids],
        )
        sums = cursor.fetchall()
    custom = CustomRule.objects.in_bulk({row[1] for row in sums if row[1]})
    lines: dict[tuple[int, Any, int], InvoiceLine] = {}
    for code, rule_id, contribution, reimbursed in sums:
        if rule_id:
            group, rate = CUSTOM, _custom_rate(custom[rule_id], contribution or 0, reimbursed)
        else:
            group, rate = RULES_BY_CODE[code].group, RULES_BY_CODE[code].rate
        line = lines.setdefault(
            (group.position, -rate, rule_id or 0),
            InvoiceLine(
                group_label=group.label,
                group_position=group.position,
                label="Réservations",
                custom_rule_id=rule_id,
                rate=rate,
                contribution_cents=0,
                reimbursed_cents=0,
            ),
        )
        line.contribution_cents += contribution or 0
        line.reimbursed_cents += reimbursed
    return [lines[key] for key in sorted(lines)]


def _custom_rate(rule: CustomRule, contribution: int, reimbursed: int) -> Decimal:
    """§12.3-4: the rule's; of a fixed amount, reimbursed ÷ revenue, 0 without revenue."""
    if rule.rate is not None:
        return rule.rate
    revenue = contribution - reimbursed
    return (Decimal(-reimbursed) / revenue).quantize(Decimal("0.0001")) if revenue else Decimal(0)


def take_reference(kind: InvoiceKind, *, now: datetime) -> str:
    """§12.2: the next number of the Paris year, without gap; the counter stays locked until commit.

    A year's counter is made with its first document, so that 1 January needs nobody.
    """
    year = clock.paris_day(now).year
    ReferenceScheme.objects.bulk_create(
        [ReferenceScheme(name=kind.value, prefix=SCHEMES[kind], year=year)], ignore_conflicts=True
    )
    scheme = ReferenceScheme.objects.select_for_update(of=("self",), no_key=True).get(
        name=kind.value, year=year
    )
    reference = scheme.next_reference
    scheme.next_number += 1
    scheme.save(update_fields=["next_number"])
    return reference


@transaction.atomic
def _close_batch(batch_id: int, *, now: datetime, by: Actor) -> None:
    batch = CashflowBatch.objects.lock_for_change(batch_id)
    if batch.status == BatchStatus.ACCEPTED and not _waiting(batch).exists():
        transitions.move_batch(batch, BatchStatus.INVOICED, now=now, by=by)
        transaction.on_commit(partial(make_batch_files_task.delay, batch.pk), robust=True)


def _ask_for_pdf(invoice_id: int) -> None:
    """A broken queue only delays the PDF: the page and the nightly control ask again."""
    make_invoice_pdf_task.delay(invoice_id)


def progress(batch: CashflowBatch) -> dict[str, int]:
    """« n of m left » of the staff page (§20)."""
    total = batch.cashflows.filter(amount_cents__lte=0).count()
    done = batch.cashflows.filter(amount_cents__lte=0, status=CashflowStatus.ACCEPTED).count()
    amount = batch.cashflows.aggregate(total=Sum("amount_cents"))["total"] or 0
    return {"total": total, "done": done, "left": total - done, "amount_cents": -amount}
