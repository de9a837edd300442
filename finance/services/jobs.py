"""What the schedule calls (§21); every function takes `now` and may be played again."""

import logging
from datetime import datetime

from django.conf import settings

from finance.cutoffs import latest_cutoff
from finance.enums import BatchStatus
from finance.exceptions import MoneyRunBusy, SecondPersonNeeded
from finance.models import CashflowBatch
from finance.services.batch import make_batch
from finance.services.invoice import generate_invoices
from finance.services.price_events import collect_and_price
from finance.services.review import accept_batch
from passpro.kernel.actor import Actor

logger = logging.getLogger(__name__)

JOB = Actor.job("Lot de virements")


def price_job(*, now: datetime) -> dict[str, int]:
    """Every ten minutes: collect events and price them; steps aside while another run goes."""
    try:
        return collect_and_price(now=now)
    except MoneyRunBusy:
        return {"busy": 1}


def batch_job(*, now: datetime) -> dict[str, int]:
    """1st and 16th at 05:00: finish a broken batch, make the due one, then its justificatifs
    when FINANCE_AUTOMATIC_INVOICES is on. Played again, it does what is left."""
    counts = {"batches": 0, "invoices": 0}
    if CashflowBatch.objects.unfinished().exists():
        make_batch(now=now, by=JOB)
        counts["batches"] += 1
    if not CashflowBatch.objects.filter(cutoff_at__gte=latest_cutoff(now)).exists():
        make_batch(now=now, by=JOB)
        counts["batches"] += 1
    if settings.FINANCE_AUTOMATIC_INVOICES:
        counts["invoices"] = _finish_batches(now=now)
    return counts


def _finish_batches(*, now: datetime) -> int:
    """Accept and invoice what needs no second person, oldest first."""
    made = 0
    waiting = CashflowBatch.objects.filter(
        status__in=[BatchStatus.UNDER_REVIEW, BatchStatus.ACCEPTED]
    )
    for batch in waiting.order_by("number"):
        try:
            if batch.status == BatchStatus.UNDER_REVIEW:
                accept_batch(batch_id=batch.pk, now=now, by=JOB)
        except SecondPersonNeeded:
            logger.warning("A batch waits for two people.", extra={"batch": batch.pk})
            continue
        made += generate_invoices(batch_id=batch.pk, now=now, by=JOB)["invoices"]
    return made
