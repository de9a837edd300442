"""Prices and dates that a partner's software adds, many at once (§5.7); set-based."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from offers.exceptions import InvalidPriceCategories, InvalidRows, KeyTaken
from offers.models import Offer, PriceCategory, Stock
from offers.services.held_prices import refuse_other_prices
from offers.services.partner_offers import lock_own
from offers.services.price_categories import PriceRow, set_price_categories
from offers.services.recheck import recheck, top_price_of
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import Provider

_PACKET = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrice:
    label: str
    price_cents: int
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDate:
    """One instant at one price; `quantity` None is unlimited."""

    beginning_at: datetime
    booking_limit_at: datetime
    price_category_id: int
    quantity: int | None
    key: str = ""


@transaction.atomic
def add_prices(
    *, offer: Offer, rows: Sequence[NewPrice], provider: Provider, by: Actor
) -> list[PriceCategory]:
    """Add prices to those of the event, under the rules of `set_price_categories` (PRC-01 to 04).

    Raises InvalidPriceCategories (equal rows, already there, more than 50), KeptByAnother.
    """
    locked = lock_own(offer, provider)
    known = list(locked.price_categories.order_by("pk"))
    keys = [row.key for row in rows if row.key]
    pairs = [(" ".join(row.label.split()), row.price_cents) for row in rows]
    if len(set(keys)) < len(keys) or len(set(pairs)) < len(pairs):
        raise InvalidPriceCategories("Price categories must be unique")
    if len(known) + len(rows) > settings.MAX_PRICE_CATEGORIES:
        most = settings.MAX_PRICE_CATEGORIES
        raise InvalidPriceCategories(f"An offer cannot have more than {most} price categories")
    there = {(one.label, one.price_cents) for one in known}
    for label, price_cents in pairs:
        if (label, price_cents) in there:
            raise InvalidPriceCategories(f"The price category {label} already exists")
    for taken in {one.provider_key for one in known} & set(keys):
        raise InvalidPriceCategories(f"`{taken}` is already taken by another offer price category")
    if not rows:
        return []
    kept = set_price_categories(
        offer=locked,
        rows=[
            *(PriceRow(label=one.label, price_cents=one.price_cents, pk=one.pk) for one in known),
            *(PriceRow(label=row.label, price_cents=row.price_cents) for row in rows),
        ],
        by=by,
    )
    added = kept[len(known) :]
    for item, row in zip(added, rows, strict=True):
        item.provider_key = row.key
    PriceCategory.objects.bulk_update([one for one in added if one.provider_key], ["provider_key"])
    return added


@transaction.atomic
def change_price(
    *,
    price: PriceCategory,
    provider: Provider,
    by: Actor,
    label: str | None = None,
    price_cents: int | None = None,
    key: str | None = None,
) -> PriceCategory:
    """Change one price; dates to come follow, bookings keep theirs (API-182). None: as it is.

    Raises InvalidPriceCategories, KeyTaken, KeptByAnother.
    """
    locked = lock_own(price.offer, provider)
    known = list(locked.price_categories.order_by("pk"))
    rows = [PriceRow(label=one.label, price_cents=one.price_cents, pk=one.pk) for one in known]
    at = next(index for index, one in enumerate(known) if one.pk == price.pk)
    wanted = PriceRow(
        label=known[at].label if label is None else label,
        price_cents=known[at].price_cents if price_cents is None else price_cents,
        pk=price.pk,
    )
    pair = (" ".join(wanted.label.split()), wanted.price_cents)
    if any((one.label, one.price_cents) == pair for one in known if one.pk != price.pk):
        raise InvalidPriceCategories(f"The price category {pair[0]} already exists")
    if wanted != rows[at]:
        known = set_price_categories(
            offer=locked, rows=[*rows[:at], wanted, *rows[at + 1 :]], by=by
        )
    item = known[at]
    if key is not None and key != item.provider_key:
        if key and any(one.provider_key == key for one in known):
            raise KeyTaken(f"`{key}` is already taken by another offer price category")
        item.provider_key = key
        item.save(update_fields=["provider_key"])
    return item


@transaction.atomic
def add_dates(
    *, offer: Offer, rows: Sequence[NewDate], provider: Provider, by: Actor
) -> list[Stock]:
    """Add all these dates or none (API-183), by increasing id; a higher price is rechecked.

    Raises InvalidRows with every wrong row, KeptByAnother, OfferFrozen.
    """
    locked, now = lock_own(offer, provider), clock.now()
    live = locked.stocks.live()
    if live.count() + len(rows) > settings.MAX_STOCKS_PER_OFFER:
        most = settings.MAX_STOCKS_PER_OFFER
        raise InvalidRows(
            {"dates": [f"The maximum number of stock entries allowed per offer is {most}"]}
        )
    prices = {one.pk: one for one in locked.price_categories.all()}
    keys = [row.key for row in rows if row.key]
    taken = set(live.filter(provider_key__in=keys).values_list("provider_key", flat=True))
    taken |= {key for key, count in Counter(keys).items() if count > 1}
    problems: dict[str, list[str]] = {}
    for at, row in enumerate(rows):
        if row.price_category_id not in prices:
            problems[f"dates.{at}.priceCategoryId"] = ["The price category could not be found"]
        if row.booking_limit_at > row.beginning_at:
            problems[f"dates.{at}.bookingLimitDatetime"] = [
                "The bookingLimitDatetime must be before the beginning of the event"
            ]
        if row.key in taken:
            problems[f"dates.{at}.idAtProvider"] = [
                f"`{row.key}` is already taken by another offer stock"
            ]
    if problems:
        raise InvalidRows(problems)
    refuse_other_prices(locked, *(prices[row.price_category_id].price_cents for row in rows))
    top_price = top_price_of(locked)
    made = Stock.objects.bulk_create(
        [
            Stock(
                offer=locked,
                price_category=prices[row.price_category_id],
                price_cents=prices[row.price_category_id].price_cents,
                beginning_at=row.beginning_at,
                booking_limit_at=row.booking_limit_at,
                quantity=row.quantity,
                provider_key=row.key,
                created_at=now,
            )
            for row in rows
        ],
        batch_size=_PACKET,
    )
    if made and max(one.price_cents for one in made) > top_price:
        recheck(locked, by=by)  # MOD-05
    return made


def check_date_key(stock: Stock, key: str) -> None:
    """API-242 for one date; the caller holds the offer's lock. Raises KeyTaken."""
    twins = Stock.objects.live().filter(offer_id=stock.offer_id, provider_key=key)
    if key and twins.exclude(pk=stock.pk).exists():
        raise KeyTaken(f"`{key}` is already taken by another offer stock")
