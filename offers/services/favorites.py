"""Offers that a young person keeps for later, and what changed since (issue 4 §7)."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from offers.exceptions import NotForYoungPeople
from offers.models import Favorite, Offer, Stock
from offers.querysets import StockFigures
from passpro.accounts.models import User
from passpro.kernel import clock


@transaction.atomic
def keep_offer(*, user: User, offer: Offer) -> Favorite:
    """Keep an offer with its price and its next date of today; twice changes nothing.

    Raises NotForYoungPeople when somebody else asks.
    """
    if not user.is_beneficiary:
        raise NotForYoungPeople
    now = clock.now()
    live = offer.stocks.bookable(now)
    soonest = live.filter(beginning_at__isnull=False).order_by("beginning_at", "pk").first()
    figures = live.figures_by_offer([offer.pk], now)[offer.pk]
    favorite, _ = Favorite.objects.get_or_create(
        user=user,
        offer=offer,
        defaults={
            "price_cents": figures.min_price_cents,
            "stock": soonest,
            "beginning_at": soonest.beginning_at if soonest else None,
        },
    )
    return favorite


@transaction.atomic
def forget_offer(*, user: User, offer: Offer) -> None:
    """Take an offer out of the person's favourites; nothing when it is not there."""
    Favorite.objects.filter(user=user, offer=offer).delete()


@transaction.atomic
def forget_everywhere(*, offer: Offer) -> int:
    """A refused offer leaves all favourites (§2.10); answers how many."""
    return Favorite.objects.filter(offer=offer).delete()[0]


@dataclass(frozen=True, slots=True)
class Changes:
    """What became different since the offer was kept; None when it is as it was."""

    old_price_cents: int | None = None
    new_price_cents: int | None = None
    old_beginning_at: datetime | None = None
    new_beginning_at: datetime | None = None
    is_date_withdrawn: bool = False

    def __bool__(self) -> bool:
        return self != Changes()


def changes_of(favorite: Favorite, figures: StockFigures) -> Changes:
    """Compare a favourite with `figures`, those of the stocks that can be booked now.

    A date that is simply over is no change: only one that was moved or withdrawn is.
    """
    before, cheapest = favorite.price_cents, figures.min_price_cents
    changes = Changes()
    if before is not None and cheapest is not None and before != cheapest:
        changes = Changes(old_price_cents=before, new_price_cents=cheapest)
    stock: Stock | None = favorite.stock
    if favorite.beginning_at is None:
        return changes
    if stock is None or stock.deleted_at is not None:
        return replace(changes, old_beginning_at=favorite.beginning_at, is_date_withdrawn=True)
    if stock.beginning_at != favorite.beginning_at:
        return replace(
            changes,
            old_beginning_at=favorite.beginning_at,
            new_beginning_at=stock.beginning_at,
        )
    return changes
