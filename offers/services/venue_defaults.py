"""What offers take over from their venue, applied again to those that exist (VEN-10)."""

from collections.abc import Iterable

from django.db import transaction

from offers.enums import OfferValidation
from offers.models import Offer
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from venues.models import Venue

ACCESSIBILITY, WITHDRAWAL, NOTIFICATION = "accessibility", "withdrawal", "notification"
# Part → columns of the offer and of the venue.
PARTS: dict[str, dict[str, str]] = {
    ACCESSIBILITY: {
        f"{name}_accessible": f"{name}_accessible"
        for name in ("visual", "mental", "motor", "audio")
    },
    WITHDRAWAL: {"withdrawal_details": "withdrawal_details"},
    NOTIFICATION: {"notification_email": "booking_email"},
}
WORDS = {
    ACCESSIBILITY: "accessibilité",
    WITHDRAWAL: "modalités de retrait",
    NOTIFICATION: "e-mail de notification",
}
# An offer under review or refused is frozen (OFF-103).
_EDITABLE = [OfferValidation.DRAFT, OfferValidation.APPROVED]


@transaction.atomic
def apply_venue_defaults(*, venue_id: int, parts: Iterable[str], by: Actor) -> int:
    """Copy these parts of the venue to all its offers that may be edited; answers how many.

    One statement whatever their number; the venue's history says it.
    """
    parts = list(parts)
    venue = Venue.objects.lock_for_change(venue_id)
    facts = {
        column: getattr(venue, source) for part in parts for column, source in PARTS[part].items()
    }
    if not facts:
        return 0
    offers = Offer.objects.filter(venue=venue, validation__in=_EDITABLE)
    count = offers.update(**facts, updated_at=clock.now())
    said = ", ".join(WORDS[part] for part in parts)
    changes = {"repris dans les offres existantes": ["–", f"{said} ({count} offres)"]}
    action_log.record(venue, ActionLog.Kind.MODIFIED, by=by, changes=changes)
    return count


def count_editable_offers(venue: Venue) -> int:
    return Offer.objects.filter(venue=venue, validation__in=_EDITABLE).count()
