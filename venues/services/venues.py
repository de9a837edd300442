"""Open and describe the places of a structure (§5)."""

from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from passpro.reference.departments import department_of
from venues.activities import PERMANENT_ACTIVITIES
from venues.exceptions import (
    SiretIsFinal,
    SiretOrComment,
    SiretTaken,
    StructureClosed,
    VirtualVenueLocked,
)
from venues.identifiers import clean_siret
from venues.models import Offerer, Venue
from venues.services.history import changes_since, snapshot


class VenueFacts(TypedDict, total=False):
    """What a member may say about a venue; the département follows the postal code."""

    name: str
    public_name: str
    booking_email: str
    street: str
    postal_code: str
    city: str
    latitude: Decimal | None
    longitude: Decimal | None
    ban_id: str
    is_address_typed: bool
    is_open_to_public: bool
    activity: str
    label: str
    description: str
    withdrawal_details: str
    visual_accessible: bool
    mental_accessible: bool
    motor_accessible: bool
    audio_accessible: bool
    phone: str
    contact_email: str
    website: str
    social_links: dict[str, str]


@transaction.atomic
def open_venue(
    *,
    offerer_id: int,
    by: Actor,
    siret: str = "",
    comment: str = "",
    **facts: Unpack[VenueFacts],
) -> Venue:
    """Create a physical venue with its SIRET, or with a comment that says why it has none (VEN-01).

    Libraries, museums and the like are permanent at once (§5.2). Raises InvalidSiret,
    SiretOrComment, SiretTaken (also when two people save it at once), StructureClosed.
    """
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if not offerer.is_open:
        raise StructureClosed("Cette structure est fermée : elle n’ouvre plus de lieu.")
    venue = Venue(offerer=offerer, created_at=clock.now(), comment=comment.strip())
    if siret:
        venue.siret = clean_siret(siret, siren=offerer.siren)
    _describe(venue, facts)
    _save(venue)
    action_log.record(venue, ActionLog.Kind.CREATED, by=by)
    return venue


@transaction.atomic
def update_venue(
    *,
    venue_id: int,
    by: Actor,
    siret: str | None = None,
    comment: str | None = None,
    **facts: Unpack[VenueFacts],
) -> Venue:
    """Change what a member may change, and log it (VEN-12); what is not given stays.

    A missing SIRET may be added, never changed (VEN-02). When the place moves, its département
    and time zone follow. Raises VirtualVenueLocked, SiretIsFinal, InvalidSiret, SiretOrComment,
    SiretTaken.
    """
    venue = Venue.objects.lock_for_change(venue_id)
    if venue.is_virtual:
        raise VirtualVenueLocked
    told = ["siret", "comment", "department_code", *facts]
    before = snapshot(venue, told)
    searched = (venue.shown_name, venue.city)
    if siret:
        typed = clean_siret(siret, siren=venue.offerer.siren)
        if venue.siret and typed != venue.siret:
            raise SiretIsFinal(field="siret")
        venue.siret = typed
    if comment is not None or siret:
        comment = (comment or "").strip()
        venue.comment = "" if venue.siret and not comment else comment
    _describe(venue, facts)
    if (venue.shown_name, venue.city) != searched:
        venue.is_to_reindex = True  # VEN-11
    _save(venue)
    changes = changes_since(before, venue, told)
    action_log.record(venue, ActionLog.Kind.MODIFIED, by=by, changes=changes)
    return venue


@transaction.atomic
def set_permanent(*, venue_id: int, is_permanent: bool, by: Actor) -> Venue:
    """The team says which venues have a public page of their own (§5.2); raises VirtualVenueLocked.

    Asked for what it is already, nothing is written.
    """
    venue = Venue.objects.lock_for_change(venue_id)
    if venue.is_virtual:
        raise VirtualVenueLocked
    before = snapshot(venue, ["is_permanent"])
    venue.is_permanent = is_permanent
    venue.save(update_fields=["is_permanent"])
    changes = changes_since(before, venue, ["is_permanent"])
    action_log.record(venue, ActionLog.Kind.MODIFIED, by=by, changes=changes)
    return venue


def _describe(venue: Venue, facts: VenueFacts) -> None:
    for name, value in facts.items():
        setattr(venue, name, value)
    venue.department_code = department_of(venue.postal_code)
    if venue.activity in PERMANENT_ACTIVITIES:
        venue.is_permanent = True


def _save(venue: Venue) -> None:
    if bool(venue.siret) == bool(venue.comment):
        raise SiretOrComment(field="comment" if not venue.siret else "siret")
    try:
        with transaction.atomic():
            venue.save()
    except IntegrityError as error:
        if venue.siret and Venue.objects.filter(siret=venue.siret).exclude(pk=venue.pk).exists():
            raise SiretTaken(field="siret") from error
        raise
