"""Offers whose price does not move: an amount of reimbursement was agreed for them (STK-54)."""

from collections.abc import Callable

from offers.exceptions import InvalidStock
from offers.models import Offer

HELD = (
    "Un montant de remboursement est convenu pour cette offre : son prix ne change pas. "
    "Écrivez au support pour en convenir d’un autre."
)

# The apps above know what was agreed: offers may not import them.
_agreements: list[Callable[[int], bool]] = []


def price_held_when(is_agreed: Callable[[int], bool]) -> None:
    """Called once by an app when it is loaded; `is_agreed` takes the number of an offer."""
    if is_agreed not in _agreements:
        _agreements.append(is_agreed)


def is_price_held(offer: Offer) -> bool:
    """An agreement runs now, or will."""
    return offer.pk is not None and any(is_agreed(offer.pk) for is_agreed in _agreements)


def refuse_other_prices(offer: Offer, *prices_cents: int) -> None:
    """Raise InvalidStock when a held offer would be sold at a price that no live date or stock of
    it has; once all were deleted, none is (STK-54)."""
    if not is_price_held(offer):
        return
    known = set(offer.stocks.live().order_by().values_list("price_cents", flat=True))
    if set(prices_cents) - known:
        raise InvalidStock(HELD, field="price", api_key="price")
