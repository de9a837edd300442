"""Make the accounting files of a batch (§11); a file that fails harms neither batch nor the others.

Played again, each file is replaced by the same bytes: a worker may die anywhere.
"""

import hashlib
import logging
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from finance.accounting import base_name, content_of, extension
from finance.enums import BatchFileKind, BatchStatus
from finance.exceptions import BatchUnfinished
from finance.models import BatchFile, CashflowBatch

logger = logging.getLogger(__name__)

_AT_CUTOFF = (BatchFileKind.BANK_ACCOUNTS, BatchFileKind.DOWN_PAYMENT)


def kinds_due(batch: CashflowBatch) -> tuple[BatchFileKind, ...]:
    """Accounts and amounts once the cashflows are made, justificatifs once all are numbered."""
    if batch.status == BatchStatus.GENERATING:
        return ()
    if batch.status == BatchStatus.INVOICED:
        return (*_AT_CUTOFF, BatchFileKind.INVOICES)
    return _AT_CUTOFF


def make_missing_files(*, batch_id: int, now: datetime) -> int:
    """Make the files that are due and not there; answers how many were made."""
    batch = CashflowBatch.objects.get(pk=batch_id)
    there = set(batch.files.values_list("kind", flat=True))
    made = 0
    for kind in kinds_due(batch):
        if kind in there:
            continue
        try:
            make_file(batch_id=batch.pk, kind=kind, now=now)
            made += 1
        except Exception:
            logger.exception(
                "An accounting file could not be made.", extra={"batch": batch.pk, "kind": kind}
            )
    return made


@transaction.atomic
def make_file(*, batch_id: int, kind: BatchFileKind, now: datetime) -> BatchFile:
    """Make one file, again if it exists; two at once wait for each other on the batch.

    Raises BatchUnfinished when the batch is not so far.
    """
    batch = CashflowBatch.objects.lock_for_change(batch_id)
    if kind not in kinds_due(batch):
        raise BatchUnfinished("Ce fichier sera fait quand le lot en sera là.")
    content = content_of(batch, kind)
    name = f"comptabilite/{batch.label}/{base_name(batch, kind)}.{extension(kind)}"
    default_storage.delete(name)  # the former one, or the one of a worker that died
    stored = default_storage.save(name, ContentFile(content))
    file, _ = BatchFile.objects.update_or_create(
        batch=batch,
        kind=kind,
        defaults={
            "file": stored,
            "sha256": hashlib.sha256(content).hexdigest(),
            "made_at": now,
        },
    )
    return file


def missing_files(*, made_before: datetime) -> list[int]:
    """Batches that lack a file they should have since this instant."""
    waiting = []
    for batch in CashflowBatch.objects.exclude(status=BatchStatus.GENERATING).filter(
        created_at__lt=made_before
    ):
        there = set(batch.files.values_list("kind", flat=True))
        if set(kinds_due(batch)) - there:
            waiting.append(batch.pk)
    return waiting
