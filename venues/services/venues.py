"""Open and describe the places of a structure (§5)."""

from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.reference.departments import department_of
from venues.exceptions import SiretIsFinal, SiretOrComment, SiretTaken, VirtualVenueLocked
from venues.identifiers import clean_siret
from venues.models import Offerer, Venue


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
    activity: str
    description: str
    withdrawal_details: str
    visual_accessible: bool
    mental_accessible: bool
    motor_accessible: bool
    audio_accessible: bool


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

    Raises InvalidSiret, SiretOrComment, SiretTaken (also when two people save it at once).
    """
    offerer = Offerer.objects.lock_for_change(offerer_id)
    venue = Venue(offerer=offerer, created_at=clock.now(), comment=comment.strip())
    if siret:
        venue.siret = clean_siret(siret, siren=offerer.siren)
    _describe(venue, facts)
    _save(venue)
    return venue


@transaction.atomic
def update_venue(
    *,
    venue_id: int,
    by: Actor,
    siret: str = "",
    comment: str = "",
    **facts: Unpack[VenueFacts],
) -> Venue:
    """Change what a member may change; a missing SIRET may be added, never changed (VEN-02).

    Raises VirtualVenueLocked, SiretIsFinal, InvalidSiret, SiretOrComment, SiretTaken.
    """
    venue = Venue.objects.lock_for_change(venue_id)
    if venue.is_virtual:
        raise VirtualVenueLocked
    if siret:
        typed = clean_siret(siret, siren=venue.offerer.siren)
        if venue.siret and typed != venue.siret:
            raise SiretIsFinal(field="siret")
        venue.siret = typed
    venue.comment = "" if venue.siret and not comment.strip() else comment.strip()
    _describe(venue, facts)
    _save(venue)
    return venue


def _describe(venue: Venue, facts: VenueFacts) -> None:
    for name, value in facts.items():
        setattr(venue, name, value)
    venue.department_code = department_of(venue.postal_code)


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
