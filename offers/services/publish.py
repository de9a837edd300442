"""Publish a draft, pause and resume a published offer (§2.10, §2.12, §2.13)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from offers import emails, moderation, transitions
from offers.constants import PUBLICATION_HORIZON, PUBLICATION_STEP
from offers.enums import OfferValidation
from offers.exceptions import (
    InvalidPublicationDate,
    MadeByPartner,
    NotPublishable,
    NotPublished,
    OfferFrozen,
)
from offers.models import Offer, OfferFlag
from offers.services.details import check_stored
from offers.services.locking import lock_offer
from offers.services.synchronised import kept_without_right
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.services.lifecycle import refuse_while_closing


@transaction.atomic
def publish_offer(*, offer: Offer, by: Actor, publication_at: datetime | None = None) -> Offer:
    """Approve a draft and make it active, now or at `publication_at`; a second call does nothing.

    An offer that an active rule flags waits for the team instead (MOD-01): PENDING, reasons kept.

    Raises OfferFrozen (under review, refused), NotPublishable without a stock bookable at that
    instant (OFF-100), InvalidPublicationDate (OFF-120: quarter of an hour, ahead, ≤ 2 years),
    InvalidDetails when the draft is incomplete. The first approved offer of a venue is told
    to the venue (MSG-20). StructureClosing while the end of the structure is asked (OFF-33).
    """
    refuse_while_closing([offer.venue.offerer_id])
    locked = lock_offer(offer)
    if locked.validation == OfferValidation.APPROVED:
        return locked
    if locked.validation != OfferValidation.DRAFT:
        raise OfferFrozen
    now = clock.now()
    if publication_at is not None:
        check_publication_at(publication_at, now)
    visible_at = publication_at or now
    if not locked.stocks.bookable(visible_at).exists():
        raise NotPublishable
    check_stored(locked)
    if flags := moderation.flags_of(locked):
        return hold_back(
            locked,
            flags,
            by=by,
            why="Contrôle avant publication",
            publication_at=publication_at,
            author_id=by.user_id,
        )
    is_first = is_first_of_venue(locked)
    transitions.move(
        locked,
        OfferValidation.APPROVED,
        by=by,
        is_active=True,
        publication_at=visible_at,
        validated_at=now,
        author_id=by.user_id,
    )
    if is_first:
        emails.queue_first_offer_published(locked)
    return locked


def is_first_of_venue(offer: Offer) -> bool:
    """MSG-20 goes with the first approved offer of a venue (MOD-06)."""
    approved = Offer.objects.filter(venue_id=offer.venue_id, validation=OfferValidation.APPROVED)
    return not approved.exists()


def hold_back(
    offer: Offer, flags: list[moderation.Flag], *, by: Actor, why: str, **facts: Any
) -> Offer:
    """MOD-01: frozen until the team decides; a planned instant is kept for then."""
    now = clock.now()
    transitions.move(
        offer,
        OfferValidation.PENDING,
        by=by,
        why=why,
        is_active=False,
        **facts,
    )
    OfferFlag.objects.bulk_create(
        OfferFlag(offer=offer, rule_id=flag.rule_id, rule_name=flag.rule_name, why=flag.why, at=now)
        for flag in flags
    )
    return offer


def check_publication_at(publication_at: datetime, now: datetime) -> None:
    """OFF-120, OFF-121; raises InvalidPublicationDate with the reason in French."""
    field = "publication_at"
    if publication_at <= now:
        raise InvalidPublicationDate("La date de publication doit être à venir.", field=field)
    if publication_at > now + PUBLICATION_HORIZON:
        raise InvalidPublicationDate(
            "La date de publication ne peut pas être à plus de deux ans.", field=field
        )
    if publication_at.timestamp() % PUBLICATION_STEP.total_seconds():
        raise InvalidPublicationDate(
            "L’heure de publication doit tomber sur un quart d’heure : 00, 15, 30 ou 45.",
            field=field,
        )


@transaction.atomic
def pause_offer(*, offer: Offer, by: Actor) -> Offer:
    """Hide an approved offer and block new bookings; those made stay (OFF-130, OFF-132)."""
    return _set_active(offer, is_active=False, by=by, why="Mise en pause")


@transaction.atomic
def resume_offer(*, offer: Offer, by: Actor) -> Offer:
    """Show a paused offer again; its planned publication instant still counts (OFF-130).

    Raises NotPublished, StructureClosing (OFF-33), MadeByPartner while the software that keeps
    it may not act (OFF-131).
    """
    refuse_while_closing([offer.venue.offerer_id])
    if Offer.objects.filter(kept_without_right(), pk=offer.pk).exists():
        raise MadeByPartner(
            f"La synchronisation avec {offer.provider} est arrêtée pour ce lieu : reprenez-la "
            "d’abord, ses offres reviendront avec elle."
        )
    return _set_active(offer, is_active=True, by=by, why="Reprise")


def _set_active(offer: Offer, *, is_active: bool, by: Actor, why: str) -> Offer:
    locked = lock_offer(offer)
    if locked.validation != OfferValidation.APPROVED:
        raise NotPublished
    if locked.is_active != is_active:
        locked.is_active, locked.updated_at = is_active, clock.now()
        locked.save(update_fields=["is_active", "updated_at"])
        transitions.note(locked, by=by, why=why)
    return locked


@transaction.atomic
def switch_off_offers(*, offerer_id: int, by: Actor, why: str) -> int:
    """Pause every published offer of a structure, in three statements; answers how many."""
    live = Offer.objects.filter(
        venue__offerer_id=offerer_id, is_active=True, validation=OfferValidation.APPROVED
    )
    ids = list(
        live.order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", flat=True)
    )
    Offer.objects.filter(pk__in=ids).update(is_active=False, updated_at=clock.now())
    transitions.note_many(ids, OfferValidation.APPROVED, by=by, why=why)
    return len(ids)
