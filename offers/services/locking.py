"""Row locks of this app's use cases: offer first, then its stocks by increasing key."""

from offers.exceptions import OfferFrozen, StockGone
from offers.models import Offer, Stock


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
