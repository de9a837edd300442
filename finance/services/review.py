"""Accept a batch: a person looks at it, two above a limit (house style D.11)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from finance import transitions
from finance.enums import BatchStatus
from finance.exceptions import BatchNotReady, SecondPersonNeeded
from finance.models import CashflowBatch, CashflowBatchLog
from passpro.kernel.actor import Actor


def paid_cents(batch: CashflowBatch) -> int:
    """What leaves our account: negative cashflows, and what came back and is paid again."""
    new = batch.cashflows.filter(amount_cents__lt=0).aggregate(total=Sum("amount_cents"))["total"]
    again = batch.repaid.aggregate(total=Sum("cashflow__amount_cents"))["total"]
    return -(new or 0) - (again or 0)


def needs_second_person(batch: CashflowBatch) -> bool:
    return paid_cents(batch) > settings.BATCH_SECOND_PERSON_ABOVE_CENTS


@transaction.atomic
def accept_batch(*, batch_id: int, now: datetime, by: Actor) -> CashflowBatch:
    """UNDER_REVIEW → ACCEPTED; above the limit the first call only records the first person.

    Raises BatchNotReady, SecondPersonNeeded (the same person again, or a job above the limit).
    """
    batch = CashflowBatch.objects.lock_for_change(batch_id)
    if batch.status != BatchStatus.UNDER_REVIEW:
        raise BatchNotReady
    if not needs_second_person(batch):
        transitions.move_batch(
            batch,
            BatchStatus.ACCEPTED,
            now=now,
            by=by,
            accepted_by_id=by.user_id,
            accepted_at=now,
        )
        return batch
    if by.user_id is None or batch.accepted_by_id == by.user_id:
        raise SecondPersonNeeded
    if batch.accepted_by_id is None:
        batch.accepted_by_id = by.user_id
        batch.save(update_fields=["accepted_by"])
        CashflowBatchLog.objects.create(
            batch=batch,
            before=batch.status,
            after=batch.status,
            at=now,
            why="Première acceptation",
            **by.as_columns(),
        )
        return batch
    transitions.move_batch(
        batch,
        BatchStatus.ACCEPTED,
        now=now,
        by=by,
        second_accepted_by_id=by.user_id,
        accepted_at=now,
    )
    return batch
