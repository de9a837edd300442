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
    lines = _lines_of([cashflow.pk for cashflow in cashflows])
    references = take_references(InvoiceKind.REIMBURSEMENT, len(cashflows), now=now)
    invoices = Invoice.objects.bulk_create(
        Invoice(
            reference=reference,
            bank_account_id=cashflow.bank_account_id,
            batch=batch,
            created_at=now,
            amount_cents=sum(line.reimbursed_cents for line in lines[cashflow.pk]),
            token=secrets.token_urlsafe(32),
        )
        for reference, cashflow in zip(references, cashflows, strict=True)
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


def _settle(pricing_ids: list[int], *, now: datetime, by: Actor) -> None:
    """Bookings first (lock order), then pricings → INVOICED."""
    bookings = Booking.objects.filter(pricings__in=pricing_ids)
    mark_reimbursed(bookings=bookings, now=now, by=by)
    moved = transitions.move_pricings(
        pricing_ids, PricingStatus.INVOICED, reason=PricingLogReason.INVOICE_GENERATED, now=now
    )
    if moved != len(pricing_ids):
        raise InconsistentInvoice(f"{len(pricing_ids) - moved} pricings are not PROCESSED")


def _lines_of(cashflow_ids: list[int]) -> dict[int, list[InvoiceLine]]:
    """§12.3, by cashflow: one line per (group, rate), rules that share both share it; one per
    custom rule."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT link.cashflow_id, p.rule_code, p.custom_rule_id,
                   COALESCE(SUM(l.amount_cents)
                       FILTER (WHERE l.category = 'OFFERER_CONTRIBUTION'), 0)::bigint,
                   SUM(l.amount_cents)::bigint
            FROM finance_cashflowpricing link
            JOIN finance_pricing p ON p.id = link.pricing_id
            JOIN finance_pricingline l ON l.pricing_id = p.id
            WHERE link.cashflow_id = ANY(%s) GROUP BY 1, 2, 3
            """,
            [cashflow_ids],
        )
        sums = cursor.fetchall()
    custom = CustomRule.objects.in_bulk({row[2] for row in sums if row[2]})
    found: dict[int, dict[tuple[int, Decimal, int], InvoiceLine]] = {pk: {} for pk in cashflow_ids}
    for cashflow_id, code, rule_id, contribution, reimbursed in sums:
        if rule_id:
            group, rate = CUSTOM, _custom_rate(custom[rule_id], contribution, reimbursed)
        else:
            group, rate = RULES_BY_CODE[code].group, RULES_BY_CODE[code].rate
        line = found[cashflow_id].setdefault(
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
        line.contribution_cents += contribution
        line.reimbursed_cents += reimbursed
    return {pk: [lines[key] for key in sorted(lines)] for pk, lines in found.items()}


def _custom_rate(rule: CustomRule, contribution: int, reimbursed: int) -> Decimal:
    """§12.3-4: the rule's; of a fixed amount, reimbursed ÷ revenue, 0 without revenue."""
    if rule.rate is not None:
        return rule.rate
    revenue = contribution - reimbursed
    return (Decimal(-reimbursed) / revenue).quantize(Decimal("0.0001")) if revenue else Decimal(0)


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
    total = batch.cashflows.filter(amount_cents__lte=0).count()
    done = batch.cashflows.filter(amount_cents__lte=0, status=CashflowStatus.ACCEPTED).count()
    amount = batch.cashflows.aggregate(total=Sum("amount_cents"))["total"] or 0
    return {"total": total, "done": done, "left": total - done, "amount_cents": -amount}
