"""Decisions of the pass Culture team on an offer (§2.10)."""

from collections.abc import Callable

from django.db import transaction

from offers import emails, transitions
from offers.enums import OfferValidation
from offers.exceptions import ReasonMissing
from offers.models import Offer
from offers.services.favorites import forget_everywhere
from offers.services.locking import lock_offer
from offers.services.publish import is_first_of_venue
from offers.services.reports import uphold_reports
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.services.lifecycle import refuse_while_closing

# What the apps above undo first, in the same transaction: offers may not import them.
_before_refusal: list[Callable[[Offer, Actor], None]] = []


def before_refusal(undo: Callable[[Offer, Actor], None]) -> None:
    """Called once by an app when it is loaded."""
    if undo not in _before_refusal:
        _before_refusal.append(undo)


@transaction.atomic
def approve_offer(*, offer: Offer, by: Actor, why: str = "") -> Offer:
    """PENDING or REJECTED → APPROVED and active at once, or at its planned instant; MSG-21.

    The first approved offer of a venue is also congratulated (MSG-20, MOD-06). Raises
    StructureClosing (OFF-33).
    """
    refuse_while_closing([offer.venue.offerer_id])
    locked, now = lock_offer(offer), clock.now()
    is_first = is_first_of_venue(locked)
    row = transitions.move(
        locked,
        OfferValidation.APPROVED,
        by=by,
        why=why,
        is_active=True,
        validated_at=now,
        publication_at=locked.publication_at or now,
    )
    emails.queue_offer_approved(locked, row.pk)
    if is_first:
        emails.queue_first_offer_published(locked)
    return locked


@transaction.atomic
def reject_offer(*, offer: Offer, by: Actor, why: str) -> Offer:
    """PENDING or APPROVED → REJECTED, hidden and frozen; the venue is told why (MSG-22).

    What is booked and not yet used is cancelled, favourites forget it, and the reports that
    waited were right (MOD-03, §2.10). Raises ReasonMissing.
    """
    locked = lock_offer(offer)
    if not why.strip():
        raise ReasonMissing(field="why")
    now = clock.now()
    was_in_review = locked.validation == OfferValidation.PENDING
    is_coming = locked.publication_at is None or locked.publication_at > now
    was = "IN_REVIEW" if was_in_review else "COMING" if is_coming else "PUBLISHED"
    for cancel_bookings in _before_refusal:
        cancel_bookings(locked, by)
    row = transitions.move(locked, OfferValidation.REJECTED, by=by, why=why, is_active=False)
    forget_everywhere(offer=locked)
    uphold_reports(offer=locked)
    emails.queue_offer_rejected(locked, row.pk, why=why, was=was)
    return locked
