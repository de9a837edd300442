"""A published offer is checked again when what the team read has changed (MOD-05)."""

from offers import emails, moderation
from offers.enums import OfferValidation
from offers.models import Offer
from offers.services.publish import hold_back
from passpro.kernel.actor import Actor


def top_price_of(offer: Offer) -> int:
    """The highest price of its live dates or stock, in cents; 0 without any."""
    prices = offer.stocks.live().order_by("-price_cents").values_list("price_cents", flat=True)
    return prices.first() or 0


def recheck(offer: Offer, *, by: Actor) -> Offer:
    """Hold a published offer back if an active rule flags it now, and tell its venue.

    Bookings made stay valid. A rule that flagged it before is not asked again: the team accepted
    the offer since. Called after a change of title or description, or a higher price; the caller
    holds the offer's lock. Drafts are checked when they are published.
    """
    if offer.validation != OfferValidation.APPROVED:
        return offer
    flags = moderation.flags_of(offer)
    accepted = set(offer.flags.values_list("rule_id", flat=True)) if flags else set()
    if new := [flag for flag in flags if flag.rule_id not in accepted]:
        hold_back(offer, new, by=by, why="Contrôle après modification")
        emails.queue_offer_held(offer)
    return offer
