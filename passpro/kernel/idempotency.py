"""`Idempotency-Key`: the same call sent twice is done once and gets the same answer for 24 h."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from passpro.kernel import clock
from passpro.kernel.errors import DomainError
from passpro.kernel.models import IdempotencyKey

KEPT = timedelta(hours=24)
# Longer than any request may last: after that the first call died and may be done again.
RUNNING_LIMIT = timedelta(minutes=2)


class IdempotencyKeyRunning(DomainError):
    code = "idempotency_key_running"
    message = "Un appel avec la même clé d’idempotence est en cours : réessayez dans un instant."
    http_status = 409


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"
    message = "Cette clé d’idempotence a déjà servi pour un autre appel."
    http_status = 422


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door answered: HTTP status and a body that JSON can hold."""

    status_code: int
    body: Any


def answer_once(*, owner: str, key: str, body: bytes, run: Callable[[], Answer]) -> Answer:
    """The stored answer of this key, else the one of `run()`, stored in the same transaction.

    `owner` is the API key's prefix or the person: two owners never share a key. When `run` raises,
    nothing is kept and the call may be sent again. Opens its own transactions: refuses to run
    inside another one. Raises IdempotencyKeyRunning (409), IdempotencyKeyReused (422).
    """
    fingerprint = hashlib.sha256(body).hexdigest()
    stored = _reserve(owner=owner, key=key, fingerprint=fingerprint)
    if isinstance(stored, Answer):
        return stored
    try:
        with transaction.atomic(durable=True):
            answer = run()
            kept = IdempotencyKey.objects.filter(pk=stored.pk, created_at=stored.created_at)
            # Taken over by a later call because this one was too slow: only one may commit.
            if not kept.update(status_code=answer.status_code, answer=answer.body):
                raise IdempotencyKeyRunning
    except BaseException:
        with transaction.atomic(durable=True):
            IdempotencyKey.objects.filter(
                pk=stored.pk, created_at=stored.created_at, status_code__isnull=True
            ).delete()
        raise
    return answer


@transaction.atomic(durable=True)
def _reserve(*, owner: str, key: str, fingerprint: str) -> Answer | IdempotencyKey:
    """The answer already stored, or the row that marks the call as running (seen by others)."""
    now = clock.now()
    row, created = IdempotencyKey.objects.get_or_create(
        owner=owner, key=key, defaults={"body_hash": fingerprint, "created_at": now}
    )
    if created:
        return row
    found = IdempotencyKey.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:  # the first call has just failed
        raise IdempotencyKeyRunning
    row = found
    age = now - row.created_at
    if age < KEPT and row.body_hash != fingerprint:
        raise IdempotencyKeyReused
    if row.status_code is None and age < RUNNING_LIMIT:
        raise IdempotencyKeyRunning
    if row.status_code is not None and age < KEPT:
        return Answer(row.status_code, row.answer)
    row.body_hash, row.created_at, row.status_code, row.answer = fingerprint, now, None, None
    row.save()
    return row


def purge_job(*, now: datetime) -> dict[str, int]:
    """Forget the answers older than 24 h."""
    with transaction.atomic():
        purged, _ = IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    return {"purged": purged}
