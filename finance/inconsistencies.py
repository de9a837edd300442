"""What must never be found: named sets that the nightly control counts and reports (§22)."""

import hashlib
import logging
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import connection, transaction

from finance.models import CashflowBatch, Invoice, MoneyAlert
from finance.services.batch_files import missing_files
from finance.services.price_events import FIRST_INSTANT
from finance.tasks import make_batch_files_task, make_invoice_pdf_task
from finance.transfer_file import amounts_of, payments_of
from passpro.kernel import clock

logger = logging.getLogger(__name__)

# Files of the last batches are read again every night; older ones are at the bank for long.
BATCHES_READ_AGAIN = 6
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
    "batches_unlike_their_cashflows": """
        SELECT b.id FROM finance_cashflowbatch b
        LEFT JOIN finance_cashflow c ON c.batch_id = b.id
        GROUP BY b.id HAVING b.cashflow_count <> COUNT(c.id)
            OR b.sum_cents <> COALESCE(SUM(c.amount_cents), 0) ORDER BY b.id
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
    # Collected every ten minutes: after an hour, what is missing was forgotten (§2.3).
    "used_bookings_without_event": """
        SELECT b.id FROM bookings_booking b
        WHERE b.status = 'USED' AND b.used_at < %(before)s AND NOT EXISTS (
            SELECT 1 FROM finance_financeevent e
            WHERE e.booking_id = b.id AND e.status IN ('PENDING', 'READY', 'PRICED'))
        ORDER BY b.id
    """,
    # Ready for more than an hour, or waiting for a pricing point that its venue has (§2.3-4).
    "events_that_could_be_priced": """
        SELECT e.id FROM finance_financeevent e
        WHERE e.status = 'READY' AND e.created_at < %(before)s
          AND e.ordering_at >= %(first)s AND e.ordering_at < %(before)s
        UNION
        SELECT e.id FROM finance_financeevent e
        JOIN finance_venuepricingpointlink l ON l.venue_id = e.venue_id
            AND l.ended_at IS NULL AND l.started_at < %(before)s
        WHERE e.status = 'PENDING'
        ORDER BY 1
    """,
    # §15.3: what an incident takes back is the opposite of what was paid, to the cent.
    "reversals_unlike_the_payment": """
        SELECT p.id FROM finance_pricing p
        JOIN finance_financeevent e ON e.id = p.event_id AND e.motive = 'INCIDENT_REVERSAL'
        JOIN finance_bookingfinanceincident item ON item.id = e.incident_item_id
        JOIN finance_pricing paid ON paid.status = 'INVOICED'
            AND (paid.booking_id = item.booking_id
                 OR paid.collective_booking_id = item.collective_booking_id)
        WHERE p.amount_cents <> -paid.amount_cents ORDER BY p.id
    """,
    "validated_incidents_without_event": """
        SELECT i.id FROM finance_financeincident i
        JOIN finance_bookingfinanceincident item ON item.incident_id = i.id
        WHERE i.status = 'VALIDATED' AND NOT EXISTS (
            SELECT 1 FROM finance_financeevent e WHERE e.incident_item_id = item.id)
        ORDER BY i.id
    """,
    "priced_events_without_pricing": """
        SELECT e.id FROM finance_financeevent e
        WHERE e.status = 'PRICED' AND NOT EXISTS (
            SELECT 1 FROM finance_pricing p WHERE p.event_id = e.id AND p.status <> 'CANCELLED')
        ORDER BY e.id
    """,
}
# What agents read in the admin.
LABELS = {
    "pricings_unlike_their_lines": "Valorisations différentes de leurs lignes",
    "cashflows_unlike_their_pricings": "Virements différents de leurs valorisations",
    "batches_unlike_their_cashflows": "Lots différents de leurs virements",
    "invoices_unlike_their_lines": "Justificatifs différents de leurs lignes",
    "invoices_unlike_their_cashflows": "Justificatifs différents de leurs virements",
    "paid_bookings_not_frozen": "Réservations payées qui peuvent encore changer",
    "frozen_bookings_without_batch": "Réservations bloquées sans lot",
    "numberings_with_a_gap": "Numérotations avec un trou",
    "bookings_paid_twice": "Réservations payées deux fois",
    "used_bookings_without_event": "Réservations validées oubliées par la finance",
    "events_that_could_be_priced": "Événements qui attendent sans raison",
    "reversals_unlike_the_payment": "Reprises différentes du paiement",
    "validated_incidents_without_event": "Incidents validés sans effet",
    "priced_events_without_pricing": "Événements valorisés sans valorisation",
    "transfer_files_unlike_their_cashflows": "Fichiers de virement changés, absents ou faux",
}
# The jobs of every ten minutes had their time.
SETTLED_AFTER = timedelta(hours=1)


def find(name: str, *, now: datetime | None = None) -> list[int]:
    """Ids of one named set, as of `now`."""
    before = (now or clock.now()) - SETTLED_AFTER
    with connection.cursor() as cursor:
        cursor.execute(_CONTROLS[name], {"before": before, "first": FIRST_INSTANT})
        return [pk for (pk,) in cursor.fetchall()]


def transfer_files_unlike_their_cashflows() -> list[int]:
    """Batches whose file is missing, was changed, or does not pay exactly their cashflows."""
    batches = CashflowBatch.objects.exclude(status="GENERATING").order_by("-number")
    return sorted(batch.pk for batch in batches[:BATCHES_READ_AGAIN] if not _file_is_right(batch))


def _file_is_right(batch: CashflowBatch) -> bool:
    due = {payment.reference: payment.cents for payment in payments_of(batch)}
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
    """Count each set, log what is found and show it in the admin; ask again for missing PDFs."""
    found = {name: find(name, now=now) for name in _CONTROLS}
    found["transfer_files_unlike_their_cashflows"] = transfer_files_unlike_their_cashflows()
    counts = {}
    for name, ids in found.items():
        counts[name] = len(ids)
        if ids:
            logger.error(
                "The nightly control found money to look at.",
                extra={"control": name, "ids": ids[:100], "at": now.isoformat()},
            )
    _raise_alerts(found, now)
    counts["pdfs_asked_again"] = _ask_missing_pdfs(now)
    counts["files_asked_again"] = _ask_missing_files(now)
    return counts


@transaction.atomic
def _raise_alerts(found: dict[str, list[int]], now: datetime) -> None:
    """Open, follow or close the alerts that the team sees; played again, nothing doubles."""
    still = MoneyAlert.objects.select_for_update().filter(gone_at=None)
    known = {alert.control: alert for alert in still.order_by("pk")}
    for name, ids in found.items():
        if not ids:
            continue
        alert = known.pop(name, None) or MoneyAlert(control=name, found_at=now)
        alert.count, alert.ids, alert.seen_at = len(ids), ids[:100], now
        alert.save()
    MoneyAlert.objects.filter(pk__in=[alert.pk for alert in known.values()]).update(gone_at=now)


def _ask_missing_pdfs(now: datetime) -> int:
    missing = list(
        Invoice.objects.filter(pdf="", created_at__lt=now - PDF_DELAY)
        .order_by("pk")
        .values_list("pk", flat=True)[:1000]
    )
    for pk in missing:
        transaction.on_commit(partial(make_invoice_pdf_task.delay, pk), robust=True)
    return len(missing)


def _ask_missing_files(now: datetime) -> int:
    missing = missing_files(made_before=now - PDF_DELAY)
    for pk in missing:
        transaction.on_commit(partial(make_batch_files_task.delay, pk), robust=True)
    return len(missing)
