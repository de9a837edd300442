"""What must never be found: named sets that the nightly control counts and reports (§22)."""

import hashlib
import logging
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import connection, transaction

from finance.models import CashflowBatch, Invoice
from finance.tasks import make_invoice_pdf_task
from finance.transfer_file import amounts_of

logger = logging.getLogger(__name__)

# Files of the last batches are read again every night; older ones are at the bank for long.
BATCHES_READ_AGAIN = 6
_PAID = ("end_to_end_id", "amount_cents")
# A PDF still missing after this delay is asked for again.
PDF_DELAY = timedelta(hours=1)

_CONTROLS = {
    "pricings_unlike_their_lines": """
        SELECT p.id FROM finance_pricing p
        LEFT JOIN finance_pricingline l ON l.pricing_id = p.id
        GROUP BY p.id HAVING p.amount_cents <> COALESCE(SUM(l.amount_cents), 0) ORDER BY p.id
    """,
    "cashflows_unlike_their_pricings": """
        SELECT c.id FROM finance_cashflow c
        LEFT JOIN finance_cashflowpricing link ON link.cashflow_id = c.id
        LEFT JOIN finance_pricing p ON p.id = link.pricing_id
        GROUP BY c.id HAVING c.amount_cents <> COALESCE(SUM(p.amount_cents), 0) ORDER BY c.id
    """,
    "invoices_unlike_their_lines": """
        SELECT i.id FROM finance_invoice i LEFT JOIN finance_invoiceline l ON l.invoice_id = i.id
        GROUP BY i.id HAVING i.amount_cents <> COALESCE(SUM(l.reimbursed_cents), 0) ORDER BY i.id
    """,
    "invoices_unlike_their_cashflows": """
        SELECT i.id FROM finance_invoice i LEFT JOIN finance_cashflow c ON c.invoice_id = i.id
        GROUP BY i.id HAVING i.amount_cents <> COALESCE(SUM(c.amount_cents), 0) ORDER BY i.id
    """,
    "paid_bookings_not_frozen": """
        SELECT b.id FROM bookings_booking b JOIN finance_pricing p ON p.booking_id = b.id
        WHERE (p.status = 'PROCESSED' AND (b.status <> 'USED' OR b.frozen_at IS NULL))
           OR (p.status = 'INVOICED' AND b.status NOT IN ('REIMBURSED', 'CANCELLED'))
        ORDER BY b.id
    """,
    "frozen_bookings_without_batch": """
        SELECT b.id FROM bookings_booking b
        WHERE b.frozen_at IS NOT NULL AND b.status <> 'CANCELLED' AND NOT EXISTS (
            SELECT 1 FROM finance_pricing p
            WHERE p.booking_id = b.id AND p.status IN ('PROCESSED', 'INVOICED'))
        ORDER BY b.id
    """,
    "numberings_with_a_gap": """
        SELECT s.id FROM finance_referencescheme s
        WHERE s.next_number - 1 <> (
            SELECT COUNT(*) FROM finance_invoice i
            WHERE i.reference LIKE s.prefix || to_char(s.year %% 100, 'FM00') || '%%')
        ORDER BY s.id
    """,
    "bookings_paid_twice": """
        SELECT p.booking_id FROM finance_pricing p WHERE p.status IN ('PROCESSED', 'INVOICED')
        GROUP BY p.booking_id HAVING COUNT(*) > 1 ORDER BY p.booking_id
    """,
}


def find(name: str) -> list[int]:
    """Ids of one named set."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTROLS[name], [])
        return [pk for (pk,) in cursor.fetchall()]


def transfer_files_unlike_their_cashflows() -> list[int]:
    """Batches whose file is missing, was changed, or does not pay exactly their cashflows."""
    batches = CashflowBatch.objects.exclude(status="GENERATING").order_by("-number")
    return sorted(batch.pk for batch in batches[:BATCHES_READ_AGAIN] if not _file_is_right(batch))


def _file_is_right(batch: CashflowBatch) -> bool:
    cashflows = batch.cashflows.filter(amount_cents__lt=0)
    due = {reference: -cents for reference, cents in cashflows.values_list(*_PAID)}
    if not due:
        return True
    name = batch.transfer_file.name
    if not name or not default_storage.exists(name):
        return False
    with default_storage.open(name) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != batch.transfer_sha256:
        return False
    return amounts_of(content) == due


def control(*, now: datetime) -> dict[str, int]:
    """Count each set, log what is found with its ids; ask again for the PDFs that are missing."""
    found = {name: find(name) for name in _CONTROLS}
    found["transfer_files_unlike_their_cashflows"] = transfer_files_unlike_their_cashflows()
    counts = {}
    for name, ids in found.items():
        counts[name] = len(ids)
        if ids:
            logger.error(
                "The nightly control found money to look at.",
                extra={"control": name, "ids": ids[:100], "at": now.isoformat()},
            )
    counts["pdfs_asked_again"] = _ask_missing_pdfs(now)
    return counts


def _ask_missing_pdfs(now: datetime) -> int:
    missing = list(
        Invoice.objects.filter(pdf="", created_at__lt=now - PDF_DELAY)
        .order_by("pk")
        .values_list("pk", flat=True)[:1000]
    )
    for pk in missing:
        transaction.on_commit(partial(make_invoice_pdf_task.delay, pk), robust=True)
    return len(missing)
