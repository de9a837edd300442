"""A structure closes or is suspended: what becomes of its offers and bookings (§2.3).

The use case lives here because bookings are the highest thing it changes; the rows of the
structure itself are written by `venues.services`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from bookings import emails, transitions
from bookings.constants import CLOSING_PAGE
from bookings.enums import BookingStatus, CancellationReason
from bookings.models import Booking
from bookings.services.release import lock_counters, release
from offers.enums import OfferValidation
from offers.models import Offer
from offers.services.publish import switch_off_offers
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.registers.companies import Company
from venues.enums import OffererRefusal, OffererStatus
from venues.exceptions import StructureHasBookings
from venues.models import Offerer
from venues.services.lifecycle import (
    ask_closing,
    close_offerer,
    refresh_identity,
    suspend_offerer,
)
from venues.services.offerers import reject_offerer
from venues.services.tags import put_ceased_tag

# An event that has just taken place will be validated; nobody is refunded for having been there.
JUST_TAKEN_PLACE = timedelta(days=3)
CEASED = "Le répertoire des entreprises indique que l’entreprise a cessé son activité."
# The register is asked about each structure once a month, some every night (SIR-08).
CHECK_EVERY = timedelta(days=30)
CHECKS_A_NIGHT = 500


def close_structure(*, offerer_id: int, reason: str, by: Actor, automatic: bool = False) -> Offerer:
    """Close for good: offers off at once, then bookings cancelled page by page by a worker.

    Members are told, and each young person whose booking is cancelled; the hourly job does what
    a worker that died left. Raises ReasonMissing, ForbiddenTransition.
    """
    with transaction.atomic():
        offerer = close_offerer(offerer_id=offerer_id, reason=reason, by=by, automatic=automatic)
        switch_off_offers(offerer_id=offerer_id, by=by, why="Structure fermée")
        transaction.on_commit(lambda: _start_cancelling(offerer_id), robust=True)
    return offerer


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """What the administrator reads before asking: offers withdrawn at once, bookings in danger."""

    offers: int
    bookings: int


def preview_closing(offerer: Offerer, *, now: datetime) -> ClosingPreview:
    live = Offer.objects.filter(
        venue__offerer=offerer, is_active=True, validation=OfferValidation.APPROVED
    )
    waiting = _to_cancel(now).filter(offerer=offerer)
    return ClosingPreview(offers=live.count(), bookings=waiting.count())


@transaction.atomic
def ask_to_close(*, offerer_id: int, reason: str, by: Actor) -> Offerer:
    """OFF-33: its administrator asks for its end: every offer is withdrawn, the team closes it.

    Bookings stay until the team decides. Raises ReasonMissing, ClosingNotPossible,
    ClosingAlreadyAsked.
    """
    offerer = ask_closing(offerer_id=offerer_id, reason=reason, by=by)
    switch_off_offers(offerer_id=offerer_id, by=by, why="Fermeture de la structure demandée")
    return offerer


def _start_cancelling(offerer_id: int) -> None:
    from bookings.tasks import cancel_bookings_of_closed_task

    cancel_bookings_of_closed_task.delay(offerer_id)


@transaction.atomic
def suspend_structure(*, offerer_id: int, reason: str, by: Actor) -> Offerer:
    """Hide everything without touching anything; refused while a booking waits (§2.3 suspend).

    Raises StructureHasBookings, ReasonMissing, AlreadySuspended.
    """
    offerer = suspend_offerer(offerer_id=offerer_id, reason=reason, by=by)
    waiting = Booking.objects.filter(offerer_id=offerer_id, status=BookingStatus.CONFIRMED)
    if count := waiting.count():
        raise StructureHasBookings(count)
    return offerer


def cancel_bookings_of_closed(*, now: datetime, offerer_id: int | None = None) -> dict[str, int]:
    """Cancel what nobody will honour, page by page; killed and played again, the same result.

    Confirmed bookings of closed and refused structures, but those of an event of the last three
    days, which will be validated. Places and credit are given back, each person is told.
    """
    cancelled = 0
    while page := _cancel_page(now, offerer_id):
        cancelled += page
    return {"cancelled": cancelled}


def _to_cancel(now: datetime) -> QuerySet[Booking]:
    """Of any structure: what a closing now would cancel."""
    return Booking.objects.filter(
        Q(stock__beginning_at__isnull=True)
        | Q(stock__beginning_at__gt=now)
        | Q(stock__beginning_at__lt=now - JUST_TAKEN_PLACE),
        status=BookingStatus.CONFIRMED,
        frozen_at__isnull=True,
    )


def _doomed(now: datetime, offerer_id: int | None) -> QuerySet[Booking]:
    bookings = _to_cancel(now).filter(
        offerer__status__in=[OffererStatus.CLOSED, OffererStatus.REJECTED]
    )
    return bookings if offerer_id is None else bookings.filter(offerer_id=offerer_id)


@transaction.atomic
def _cancel_page(now: datetime, offerer_id: int | None) -> int:
    doomed = _doomed(now, offerer_id).order_by("pk")
    ids = list(doomed.values_list("pk", flat=True)[:CLOSING_PAGE])
    if not ids:
        return 0
    lock_counters(ids)
    by = Actor.job("cancel_bookings_of_closed")
    moved = transitions.move_many(
        Booking.objects.filter(pk__in=ids),
        BookingStatus.CONFIRMED,
        BookingStatus.CANCELLED,
        at=now,
        by=by,
        why="Structure fermée",
        cancelled_at=now,
        cancellation_reason=CancellationReason.OFFERER,
    )
    release(moved, at=now, by=by)
    emails.queue_structure_closed(
        list(Booking.objects.filter(pk__in=moved).with_mail_data().order_by("pk"))
    )
    return len(moved)


def check_companies(*, now: datetime) -> dict[str, Any]:
    """Each night: complete identities typed by hand, find companies that ceased (SIR-08, SIR-10).

    A structure that waits is refused, a validated one is closed (setting
    CLOSE_CEASED_STRUCTURES). A register that does not answer changes nothing.
    """
    by = Actor.job("check_companies")
    due = (
        Offerer.objects.filter(
            Q(identity_checked_at__isnull=True) | Q(identity_checked_at__lt=now - CHECK_EVERY),
            status__in=[OffererStatus.NEW, OffererStatus.PENDING, OffererStatus.VALIDATED],
        )
        .order_by("identity_checked_at", "pk")
        .values_list("pk", "status")
    )
    counts = {"checked": 0, "ceased": 0}
    for offerer_id, status in list(due[:CHECKS_A_NIGHT]):
        company = refresh_identity(offerer_id=offerer_id, by=by)
        if company is None:
            continue
        counts["checked"] += 1
        if not company.is_active and settings.CLOSE_CEASED_STRUCTURES:
            _end(offerer_id, status, company, by)
            counts["ceased"] += 1
    return counts


@transaction.atomic
def _end(offerer_id: int, status: str, company: Company, by: Actor) -> None:
    put_ceased_tag(Offerer.objects.lock_for_change(offerer_id), by=by)
    if status == OffererStatus.VALIDATED:
        close_structure(offerer_id=offerer_id, reason=CEASED, by=by, automatic=True)
    else:
        reject_offerer(
            offerer_id=offerer_id,
            reason=f"{OffererRefusal.CLOSED.label} : {CEASED}",
            code=OffererRefusal.CLOSED,
            by=by,
        )


def cancel_job(*, now: datetime) -> dict[str, int]:
    """Hourly: what a worker that died, or a booking made during a closing, left behind."""
    return cancel_bookings_of_closed(now=now)


def cancel_now(offerer_id: int) -> None:
    """Right after a closing."""
    cancel_bookings_of_closed(now=clock.now(), offerer_id=offerer_id)
