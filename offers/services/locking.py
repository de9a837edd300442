"""Row locks of this app's use cases: offer first, then its stocks by increasing key."""

from offers.exceptions import MadeByPartner, OfferFrozen, StockGone
from offers.models import Offer, Stock
from offers.partner_rules import open_dates
from passpro.kernel.actor import Actor

# What closing the ticketing writes on a date (STK-69).
CLOSING = frozenset({"booking_limit_at", "quantity"})


def lock_offer(offer: Offer) -> Offer:
    """Read the offer again under its row lock, with its venue and structure."""
    locked: Offer = Offer.objects.lock_for_change().get(pk=offer.pk)
    return locked


def lock_editable_offer(offer: Offer) -> Offer:
    """Like lock_offer; raises OfferFrozen for an offer under review or refused (OFF-103)."""
    locked = lock_offer(offer)
    if not locked.can_be_edited:
        raise OfferFrozen
    return locked


def lock_own_offer(offer: Offer, *, by: Actor, changes: frozenset[str] = frozenset()) -> Offer:
    """Like lock_editable_offer; raises MadeByPartner when a person of the portal would change
    what a partner's software keeps (§2.14); `changes`: columns of its dates, if only them."""
    locked = lock_editable_offer(offer)
    if changes and changes <= open_dates(locked):
        return locked
    if by.kind == "USER" and locked.is_limited:
        raise MadeByPartner(
            f"Cette offre est gérée par {locked.provider} : modifiez-la dans ce logiciel."
        )
    return locked


def lock_stock(stock: Stock) -> tuple[Offer, Stock]:
    """The editable offer, then its live stock, both under lock (STK-22, STK-50).

    Raises OfferFrozen, or StockGone for a stock withdrawn meanwhile.
    """
    offer = lock_editable_offer(stock.offer)
    locked = Stock.objects.live().lock_for_booking().filter(pk=stock.pk).first()
    if locked is None:
        raise StockGone
    locked.offer = offer
    return offer, locked


def refuse_partner_stock(offer: Offer, *, by: Actor, changes: frozenset[str] = frozenset()) -> None:
    """STK-22, OFF-140: a person of the portal neither adds nor changes a partner's dates, but for
    the columns that are open (§2.14)."""
    if changes and changes <= open_dates(offer):
        return
    if by.kind == "USER" and offer.is_limited:
        raise MadeByPartner(
            f"Les dates et les tarifs de cette offre sont gérés par {offer.provider} : "
            "modifiez-les dans ce logiciel."
        )
