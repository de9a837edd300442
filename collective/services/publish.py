"""Publish, decide, duplicate, archive (§5.4, §5.7, §5.9)."""

from django.db import transaction

from collective import emails, lifecycle, notices, transitions
from collective.enums import Action, OfferValidation
from collective.exceptions import ActionNotAllowed, InvalidOffer, NotPublishable
from collective.models import CollectiveOffer, CollectiveStock
from collective.services.common import check_referenced, lock_offer, structure_of
from collective.services.dates import year_of
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.reference.school_projects import NATIONAL_PROGRAMMES
from venues.services.lifecycle import refuse_while_closing


@transaction.atomic
def publish_offer(*, offer_id: int, by: Actor) -> CollectiveOffer:
    """Send a complete draft: « En instruction », or published at once for a trusted structure.

    A second call changes nothing. The team checks within 72 hours (seed 000).
    Raises NotReferenced, NotPublishable (no date, no school, date or limit passed), NoSchoolYear,
    StructureClosing (OFF-33).
    """
    refuse_while_closing(structure_of(offer_id))
    offer, now = lock_offer(offer_id), clock.now()
    if offer.archived_at is not None:
        raise ActionNotAllowed(offer.display_status_at(now).label)
    if offer.validation != OfferValidation.DRAFT:
        return offer
    check_referenced(offer.venue.offerer)
    stock = lifecycle.stock_of(offer)
    if stock is None:
        raise NotPublishable("Donnez une date et un prix avant de publier.")
    if offer.institution is None or not offer.institution.is_active:
        raise NotPublishable("Choisissez l’établissement avant de publier.")
    if stock.starts_at <= now or stock.booking_limit_at <= now:
        raise NotPublishable("La date et la limite de réservation doivent être à venir.")
    year_of(stock.starts_at)
    if offer.venue.offerer.is_trusted:
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
    return offer


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
    lifecycle.require(offer, Action.ARCHIVE, clock.now())
    transitions.archive(offer, by=by)
    return offer


_COPIED = (
    "venue", "title", "description", "domain_ids", "formats", "level_ids", "duration_minutes",
    "location", "location_label", "location_street", "location_postal_code", "location_city",
    "location_comment", "intervention_area", "contact_email", "contact_phone", "booking_emails",
    "visual_accessible", "mental_accessible", "motor_accessible", "audio_accessible",
    "institution",
)  # fmt: skip


@transaction.atomic
def duplicate_offer(*, offer_id: int, by: Actor) -> CollectiveOffer:
    """A new draft with the same texts, date, price and school; not the teacher (§5.7).

    A programme that is no more valid is left empty. Raises ActionNotAllowed, NotReferenced.
    """
    source, now = lock_offer(offer_id), clock.now()
    lifecycle.require(source, Action.DUPLICATE, now)
    check_referenced(source.venue.offerer)
    programme = NATIONAL_PROGRAMMES.get(source.programme_id or 0)
    copy = CollectiveOffer.objects.create(
        **{name: getattr(source, name) for name in _COPIED},
        programme_id=programme.id if programme and programme.is_active else None,
        author_id=by.user_id,
        created_at=now,
        updated_at=now,
    )
    stock = lifecycle.stock_of(source)
    if stock is not None:
        CollectiveStock.objects.create(
            offer=copy,
            starts_at=stock.starts_at,
            ends_at=stock.ends_at,
            booking_limit_at=stock.booking_limit_at,
            price_cents=stock.price_cents,
            participants=stock.participants,
            price_detail=stock.price_detail,
        )
    transitions.log_draft(copy, by=by, why=f"Copie de l’offre n° {source.pk}")
    return copy
