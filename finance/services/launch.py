"""What the team launches from the admin: refused at once or done by a worker (§12.1, §20)."""

from datetime import datetime

from django.db.models import Max

from finance.cutoffs import latest_cutoff
from finance.enums import BatchStatus
from finance.exceptions import (
    BatchNotAccepted,
    BatchUnfinished,
    CutoffInFuture,
    CutoffNotAfterLatest,
    DecisionNeedsReason,
    NothingToInvoice,
)
from finance.models import CashflowBatch
from finance.tasks import generate_invoices_task, make_batch_task
from passpro.kernel.actor import Actor


def ask_batch(*, now: datetime, by: Actor) -> None:
    """Hand the due batch, or the interrupted one, to a worker; raises CutoffNotAfterLatest."""
    last = CashflowBatch.objects.aggregate(cutoff=Max("cutoff_at"))["cutoff"]
    is_due = last is None or latest_cutoff(now) > last
    if not is_due and not CashflowBatch.objects.unfinished().exists():
        raise CutoffNotAfterLatest(
            "Le lot de la dernière quinzaine existe déjà : le prochain se fera à la fin de "
            "celle-ci."
        )
    make_batch_task.delay(by.kind, by.label, by.user_id)


def ask_batch_at(*, cutoff_at: datetime, now: datetime, by: Actor, why: str) -> None:
    """An operator gives another cut-off (§9.3): refused at once, or handed to a worker.

    Raises DecisionNeedsReason, CutoffInFuture, CutoffNotAfterLatest, BatchUnfinished. The unique
    cut-off refuses the same period twice, whoever asks and however many at once.
    """
    why = why.strip()
    if not why:
        raise DecisionNeedsReason("Dites pourquoi : le motif est gardé avec le lot.", field="why")
    if cutoff_at > now:
        raise CutoffInFuture(field="last_day")
    if CashflowBatch.objects.unfinished().exists():
        raise BatchUnfinished
    last = CashflowBatch.objects.aggregate(cutoff=Max("cutoff_at"))["cutoff"]
    if last is not None and cutoff_at <= last:
        raise CutoffNotAfterLatest(field="last_day")
    make_batch_task.delay(by.kind, by.label, by.user_id, cutoff_at.isoformat(), why)


def ask_invoices(*, batch_id: int, by: Actor) -> None:
    """Hand the justificatifs of an accepted batch to a worker.

    Raises BatchNotAccepted, NothingToInvoice.
    """
    batch = CashflowBatch.objects.get(pk=batch_id)
    if batch.status == BatchStatus.INVOICED:
        raise NothingToInvoice
    if batch.status != BatchStatus.ACCEPTED:
        raise BatchNotAccepted
    generate_invoices_task.delay(batch_id, by.kind, by.label, by.user_id)
