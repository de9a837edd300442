"""Referencing for schools: a venue asks, the commission decides outside, ADAGE adds it (VEN-15).

`reference_venue` and `unreference_venue` say what ADAGE says; the rest follows the request.
"""

from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from passpro.reference.education import academy_of
from venues import emails, transitions
from venues.enums import AdageStatus
from venues.exceptions import (
    AdageIdMissing,
    AdageIdTaken,
    AdageRequestPending,
    AlreadyReferenced,
    NotReferenced,
    ReasonMissing,
    VenueWithoutAddress,
)
from venues.models import AdageRequest, Venue


class RequestFacts(TypedDict):
    """What the commission reads."""

    legal_status: str
    project: str
    references: str
    domain_ids: list[int]
    level_ids: list[str]
    contact_name: str
    contact_email: str
    contact_phone: str


@transaction.atomic
def ask_for_referencing(*, venue_id: int, by: Actor, **facts: Unpack[RequestFacts]) -> AdageRequest:
    """File a request for a venue; the commission of its académie examines it (seed 004).

    The person to contact is told by e-mail. Raises VenueWithoutAddress, AlreadyReferenced,
    AdageRequestPending (one live request a venue, also when two people file it at once).
    """
    venue = Venue.objects.lock_for_change(venue_id)
    if venue.is_virtual:
        raise VenueWithoutAddress(field="venue")
    if venue.is_referenced_for_schools:
        raise AlreadyReferenced(field="venue")
    if AdageRequest.objects.waiting().filter(venue=venue).exists():
        raise AdageRequestPending(field="venue")
    request = AdageRequest.objects.create(
        venue=venue,
        status=AdageStatus.SUBMITTED,
        academy=academy_of(venue.department_code),
        created_at=clock.now(),
        **facts,
    )
    log = transitions.log_adage_request(request, before="", by=by)
    emails.queue_adage_request_changed(request, log)
    return request


@transaction.atomic
def withdraw_request(*, request_id: int, by: Actor) -> AdageRequest:
    """The venue gives up; raises ForbiddenTransition once decided."""
    return _move(request_id, AdageStatus.WITHDRAWN, by=by)


@transaction.atomic
def examine_request(*, request_id: int, by: Actor, file_number: str = "") -> AdageRequest:
    """The commission took the file up, under its own number if known."""
    return _move(request_id, AdageStatus.UNDER_REVIEW, by=by, file_number=file_number.strip())


@transaction.atomic
def accept_request(*, request_id: int, by: Actor, reason: str = "") -> AdageRequest:
    """The commission agreed: the venue waits to be added to ADAGE (`reference_venue`)."""
    return _move(request_id, AdageStatus.ACCEPTED, by=by, why=reason.strip())


@transaction.atomic
def refuse_request(*, request_id: int, reason: str, by: Actor) -> AdageRequest:
    """The commission refused; the venue is told why. Raises ReasonMissing."""
    return _move(request_id, AdageStatus.REFUSED, by=by, why=_needed(reason))


@transaction.atomic
def drop_request(*, request_id: int, reason: str, by: Actor) -> AdageRequest:
    """Closed without decision (incomplete, no answer); the venue may ask again. ReasonMissing."""
    return _move(request_id, AdageStatus.DROPPED, by=by, why=_needed(reason))


@transaction.atomic
def reference_venue(*, venue_id: int, adage_id: str, by: Actor) -> Venue:
    """ADAGE lists the venue: its structure may address schools (VEN-14); venue told by e-mail.

    A request still open is accepted with it. Raises AdageIdMissing, VenueWithoutAddress,
    AlreadyReferenced, AdageIdTaken.
    """
    adage_id = adage_id.strip()
    if not adage_id:
        raise AdageIdMissing(field="adage_id")
    venue = Venue.objects.lock_for_change(venue_id)
    if venue.is_virtual:
        raise VenueWithoutAddress(field="venue")
    if venue.is_referenced_for_schools:
        raise AlreadyReferenced
    venue.adage_id, venue.adage_referenced_at = adage_id, clock.now()
    try:
        with transaction.atomic():
            venue.save(update_fields=["adage_id", "adage_referenced_at"])
    except IntegrityError:
        raise AdageIdTaken(field="adage_id") from None
    for request in AdageRequest.objects.waiting().filter(venue=venue):
        transitions.move_adage_request(request, AdageStatus.ACCEPTED, by=by, why="Ajout dans ADAGE")
    _log(venue, "–", adage_id, by)
    emails.queue_venue_referenced(venue)
    return venue


@transaction.atomic
def unreference_venue(*, venue_id: int, by: Actor) -> Venue:
    """ADAGE lists the venue no more; raises NotReferenced."""
    venue = Venue.objects.lock_for_change(venue_id)
    if not venue.is_referenced_for_schools:
        raise NotReferenced
    gone, venue.adage_id, venue.adage_referenced_at = venue.adage_id, "", None
    venue.save(update_fields=["adage_id", "adage_referenced_at"])
    _log(venue, gone, "–", by)
    return venue


def _log(venue: Venue, old: str, new: str, by: Actor) -> None:
    changes = {"identifiant ADAGE": [old, new]}
    action_log.record(venue, ActionLog.Kind.MODIFIED, by=by, changes=changes)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return reason.strip()


def _move(request_id: int, to: str, *, by: Actor, why: str = "", **facts: str) -> AdageRequest:
    request = AdageRequest.objects.lock_for_change(request_id)
    log = transitions.move_adage_request(request, to, by=by, why=why, **facts)
    emails.queue_adage_request_changed(request, log)
    return request
