"""Allowed moves of an offer's validation state (§2.10); `move` is the only writer of the column."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from offers.enums import OfferValidation
from offers.models import Offer, OfferTransition
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition

TRANSITIONS: dict[str, set[str]] = {
    OfferValidation.DRAFT: {OfferValidation.PENDING, OfferValidation.APPROVED},
    OfferValidation.PENDING: {OfferValidation.APPROVED, OfferValidation.REJECTED},
    # To PENDING: changed, and flagged by a rule of the team (MOD-05).
    OfferValidation.APPROVED: {OfferValidation.PENDING, OfferValidation.REJECTED},
    OfferValidation.REJECTED: {OfferValidation.APPROVED},
}


def move(offer: Offer, to: str, *, by: Actor, why: str = "", **facts: Any) -> OfferTransition:
    """Write the new state, its facts and its log row (returned). The caller holds the row lock."""
    if to not in TRANSITIONS[offer.validation]:
        raise ForbiddenTransition(offer, to)
    before, offer.validation = offer.validation, to
    offer.updated_at = now = clock.now()
    for name, value in facts.items():
        setattr(offer, name, value)
    offer.save(update_fields=["validation", "updated_at", *facts])
    return OfferTransition.objects.create(
        offer=offer, before=before, after=to, at=now, why=why, **by.as_columns()
    )


def approve_many(
    drafts: Sequence[tuple[Offer, datetime | None]], *, at: datetime, by: Actor
) -> None:
    """Approve drafts that the caller has just written, each active from its instant or switched
    off (None); their log rows go along. Three statements."""
    for offer, publication_at in drafts:
        if offer.validation != OfferValidation.DRAFT:
            raise ForbiddenTransition(offer, OfferValidation.APPROVED)
        offer.validation = OfferValidation.APPROVED
        offer.is_active = publication_at is not None
        offer.publication_at, offer.validated_at = publication_at or at, at
    Offer.objects.bulk_update(
        [offer for offer, _ in drafts],
        ["validation", "is_active", "publication_at", "validated_at"],
        batch_size=500,
    )
    OfferTransition.objects.bulk_create(
        [
            OfferTransition(
                offer=offer,
                before=OfferValidation.DRAFT,
                after=OfferValidation.APPROVED,
                at=at,
                **by.as_columns(),
            )
            for offer, _ in drafts
        ],
        batch_size=500,
    )


def note(offer: Offer, *, by: Actor, why: str) -> None:
    """Log a fact that leaves the validation state where it is (pause, resume)."""
    OfferTransition.objects.create(
        offer=offer, before=offer.validation, after=offer.validation, why=why, **by.as_columns()
    )


def note_many(offer_ids: list[int], validation: str, *, by: Actor, why: str) -> None:
    """The same note on many offers that are all in this validation state."""
    OfferTransition.objects.bulk_create(
        [
            OfferTransition(
                offer_id=pk, before=validation, after=validation, why=why, **by.as_columns()
            )
            for pk in offer_ids
        ],
        batch_size=2_000,
    )
