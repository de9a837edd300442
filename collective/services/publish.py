"""Publish, decide, archive (§5.4, §5.9)."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from collective import emails, lifecycle, moderation, notices, transitions
from collective.enums import Action, OfferValidation
from collective.exceptions import ActionNotAllowed, InvalidOffer, NotPublishable
from collective.models import CollectiveOffer, OfferFlag
from collective.services.common import check_referenced, lock_offer, structure_of
from collective.services.dates import year_of
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.services.lifecycle import refuse_while_closing


@transaction.atomic
def publish_offer(*, offer_id: int, by: Actor) -> CollectiveOffer:
    """Send a complete draft: « En instruction », or published at once for a trusted structure.

    A second call changes nothing. The team checks within 72 hours (seed 000) and is told which
    of its rules the offer meets (§5.4); a trusted structure is not held back by them.
    Raises NotReferenced, NotPublishable (no date, no school, date or limit passed), NoSchoolYear,
    StructureClosing (OFF-33).
    """
    refuse_while_closing(structure_of(offer_id))
    offer, now = lock_offer(offer_id), clock.now()
    if offer.archived_at is not None:
        raise ActionNotAllowed(offer.display_status_at(now).label)
    if offer.validation != OfferValidation.DRAFT:
        return offer
    check_referenced(offer.venue.offerer, by=by)
    stock = lifecycle.stock_of(offer)
    if stock is None:
        raise NotPublishable("Donnez une date et un prix avant de publier.")
    if offer.institution is None or not offer.institution.is_active:
        raise NotPublishable("Choisissez l’établissement avant de publier.")
    if stock.starts_at <= now or stock.booking_limit_at <= now:
        raise NotPublishable("La date et la limite de réservation doivent être à venir.")
    year_of(stock.starts_at)
    if offer.venue.offerer.is_trusted or _tried_by_software(offer, by):
        transitions.move_offer(
            offer,
            OfferValidation.APPROVED,
            by=by,
            is_active=True,
            validated_at=now,
            author_id=by.user_id,
        )
        notices.queue_addressed(offer)
    else:
        transitions.move_offer(offer, OfferValidation.PENDING, by=by, author_id=by.user_id)
        OfferFlag.objects.bulk_create(
            OfferFlag(offer=offer, rule_name=flag.rule_name, why=flag.why, at=now)
            for flag in moderation.flags_of(offer)
        )
    return offer


def _tried_by_software(offer: CollectiveOffer, by: Actor) -> bool:
    """Nobody reviews the sandbox: what software tries there is published unless a rule holds it."""
    is_try = settings.ADAGE_SANDBOX and by.kind == "API_KEY"
    return is_try and not moderation.flags_of(offer)


@transaction.atomic
def approve_offer(*, offer_id: int, by: Actor) -> CollectiveOffer:
    """The team says yes: visible at once to the school.

    Raises ForbiddenTransition, StructureClosing (OFF-33).
    """
    refuse_while_closing(structure_of(offer_id))
    offer = lock_offer(offer_id)
    transitions.move_offer(
        offer, OfferValidation.APPROVED, by=by, is_active=True, validated_at=clock.now()
    )
    notices.queue_addressed(offer)
    emails.queue_decided(offer)
    return offer


@transaction.atomic
def reject_offer(*, offer_id: int, reason: str, by: Actor) -> CollectiveOffer:
    """The team says no, also later while nobody has booked; the reason goes by e-mail.

    Raises InvalidOffer without a reason, ActionNotAllowed once booked, ForbiddenTransition.
    """
    offer, now = lock_offer(offer_id), clock.now()
    if not reason.strip():
        raise InvalidOffer("Donnez le motif du refus.")
    if offer.last_booking() is not None:
        raise ActionNotAllowed(offer.display_status_at(now).label)
    transitions.move_offer(
        offer,
        OfferValidation.REJECTED,
        by=by,
        why=reason.strip(),
        is_active=False,
        validated_at=now,
        rejection_reason=reason.strip(),
    )
    emails.queue_decided(offer)
    return offer


@transaction.atomic
def archive_offer(*, offer_id: int, by: Actor) -> CollectiveOffer:
    """Put away for good what nobody waits for any more (§3.5). Raises ActionNotAllowed."""
    offer = lock_offer(offer_id)
    lifecycle.require(offer, Action.ARCHIVE, clock.now(), by=by)
    transitions.archive(offer, by=by)
    return offer


@transaction.atomic
def archive_offers(*, offer_ids: Sequence[int], by: Actor) -> int:
    """Archive them all, or none when one does not allow it (§5.9, §12.7).

    Raises ActionNotAllowed, which names that offer.
    """
    for pk in sorted(set(offer_ids)):  # one order, so that two of these never wait for each other
        try:
            archive_offer(offer_id=pk, by=by)
        except ActionNotAllowed as error:
            offer = CollectiveOffer.objects.get(pk=pk)
            error.message = (
                f"Rien n’est archivé : « {offer.title} » (n° {pk}) ne peut pas l’être. "
                f"{error.message}"
            )
            raise
    return len(set(offer_ids))
