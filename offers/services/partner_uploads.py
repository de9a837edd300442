"""Take what software hands over, work through it in the background, tell what became of it.

A call is answered at once; a worker does the work, the sweeping job what a nudge missed. Each kind
of upload has its runner: apps above this one add theirs.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from offers.models import PartnerUpload
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Provider, Venue

logger = logging.getLogger(__name__)

# Given an upload, does its work and answers the report; a DomainError refuses the whole.
Runner = Callable[[PartnerUpload, Actor], dict[str, Any]]
RUNNERS: dict[str, Runner] = {}
MOST_ATTEMPTS = 3
KEPT = timedelta(days=90)
_PAGE = 200


@transaction.atomic
def queue_upload(
    *, provider: Provider, venue: Venue, kind: str, sent: list[dict[str, Any]], by: Actor
) -> PartnerUpload:
    """Keep what was sent and nudge a worker after commit."""
    upload = PartnerUpload.objects.create(
        provider=provider,
        venue=venue,
        kind=kind,
        sent=sent,
        actor_label=by.label,
        created_at=clock.now(),
    )
    transaction.on_commit(lambda: _nudge(upload.pk), robust=True)
    return upload


def _nudge(upload_id: int) -> None:
    from offers.tasks import run_upload_task

    try:
        run_upload_task.delay(upload_id)
    except Exception as error:
        logger.warning("The queue refused a nudge, the job will run it.", extra={"error": error})


def run_upload(upload_id: int) -> int:
    """Work through this upload and those of its venue that came before; how many were finished.

    Safe to call twice: uploads of one venue go one after the other, in the order they came.
    """
    found = PartnerUpload.objects.filter(pk=upload_id).values_list("venue_id", flat=True)
    done = 0
    for venue_id in found:
        while _run_next(venue_id, upload_id):
            done += 1
    return done


def _run_next(venue_id: int, until: int) -> bool:
    """One upload, all or nothing; False when none is left, or it must be tried again."""
    waiting = PartnerUpload.objects.filter(
        venue_id=venue_id, state=PartnerUpload.State.WAITING, pk__lte=until
    ).order_by("pk")
    try:
        with transaction.atomic():
            Venue.objects.lock_for_change(venue_id)
            upload = waiting.select_related("provider", "venue__offerer").first()
            if upload is None:
                return False
            try:
                with transaction.atomic():
                    report = _run(upload)
            except DomainError as error:
                _finish(upload, PartnerUpload.State.FAILED, {"refused": error.message})
            else:
                _finish(upload, PartnerUpload.State.DONE, report)
            return True
    except Exception:
        logger.exception("An upload of a partner failed.", extra={"venue": venue_id})
        return _failed(waiting)


def _run(upload: PartnerUpload) -> dict[str, Any]:
    if not Venue.objects.open_to_partner(upload.provider_id).filter(pk=upload.venue_id).exists():
        raise DomainError("Le lieu n’autorise plus ce logiciel.")
    by = Actor("API_KEY", upload.actor_label)
    return RUNNERS[upload.kind](upload, by)


def _finish(upload: PartnerUpload, state: str, report: dict[str, Any]) -> None:
    upload.state, upload.report, upload.finished_at = state, report, clock.now()
    upload.attempts += 1
    upload.save(update_fields=["state", "report", "finished_at", "attempts"])


@transaction.atomic
def _failed(waiting: Any) -> bool:
    """A fault of ours: tried again later, given up after the last attempt. True when given up."""
    upload = waiting.select_for_update(of=("self",), no_key=True).first()
    if upload is None:
        return False
    if upload.attempts + 1 >= MOST_ATTEMPTS:
        _finish(upload, PartnerUpload.State.FAILED, {"refused": "Erreur technique"})
        return True
    upload.attempts += 1
    upload.save(update_fields=["attempts"])
    return False


def run_uploads(*, now: datetime) -> dict[str, int]:
    """Job: what nudges missed, then forget what was finished long ago."""
    last: dict[int, int] = {}
    waiting = PartnerUpload.objects.filter(state=PartnerUpload.State.WAITING).order_by("pk")
    for pk, venue_id in waiting.values_list("pk", "venue_id"):
        last[venue_id] = pk
    done = sum(run_upload(pk) for pk in last.values())
    purged = 0
    old = PartnerUpload.objects.filter(finished_at__lt=now - KEPT).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:_PAGE]):
        purged += PartnerUpload.objects.filter(pk__in=ids).delete()[0]
    return {"run": done, "purged": purged}
