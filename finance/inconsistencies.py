"""What must never be found: named sets that the nightly control counts and reports (§22)."""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from finance.models import Invoice
from finance.tasks import make_invoice_pdf_task

logger = logging.getLogger(__name__)

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


def control(*, now: datetime) -> dict[str, int]:
    """Count each set, log what is found with its ids; ask again for the PDFs that are missing."""
    counts = {}
    for name in _CONTROLS:
        ids = find(name)
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
