"""The prices of an event offer (« tarifs », §3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from offers.constants import MAX_LABEL
from offers.enums import OfferValidation
from offers.exceptions import InvalidPriceCategories, PriceCategoryInUse
from offers.models import Offer, PriceCategory, Stock
from offers.services.held_prices import HELD, is_price_held
from offers.services.locking import lock_own_offer
from offers.services.recheck import recheck, top_price_of
from passpro.kernel import clock, money
from passpro.kernel.actor import Actor

# What a tariff writes on its dates.
_CHANGES = frozenset({"price_category", "price_cents"})


@dataclass(frozen=True, kw_only=True)
class PriceRow:
    """One line of the form; `pk` names an existing price category of the offer."""

    label: str
    price_cents: int
    pk: int | None = None


@transaction.atomic
def set_price_categories(
    *,
    offer: Offer,
    rows: Sequence[PriceRow],
    by: Actor,
    is_duo: bool | None = None,
    drops_dates: bool = False,
) -> list[PriceCategory]:
    """Make the offer's prices equal to `rows`: add, change, remove (cents); duo is asked here.

    A new price reaches the dates that have not started, bookings keep theirs (PRC-09); a higher
    one is checked again (MOD-05). Raises InvalidPriceCategories (label, 0–300 €, pair twice, 1 to
    50 lines, another price while an amount is agreed: STK-54), MadeByPartner (PRC-08) and
    PriceCategoryInUse (PRC-07): a price is removed while the offer is a draft; with its dates,
    which go for good, when `drops_dates` says so.
    """
    locked = lock_own_offer(offer, by=by, changes=_CHANGES)
    if not locked.is_event:
        raise InvalidPriceCategories("Les tarifs concernent les événements.")
    rows = [_checked(row) for row in rows]
    _check_set(rows)
    known = {item.pk: item for item in locked.price_categories.all()}
    top_price = top_price_of(locked)
    if any(row.pk is not None and row.pk not in known for row in rows):
        raise InvalidPriceCategories("Un de ces tarifs n’appartient pas à cette offre.")
    gone = [item for pk, item in known.items() if pk not in {row.pk for row in rows}]
    _remove(locked, gone, drops_dates=drops_dates)
    kept = [_write(locked, row, known.get(row.pk or 0)) for row in rows]
    if is_duo is not None:
        locked.is_duo = is_duo and locked.subcategory.can_be_duo
    locked.updated_at = clock.now()
    locked.save(update_fields=["is_duo", "updated_at"])
    if top_price_of(locked) > top_price:
        recheck(locked, by=by)
    return kept


def _checked(row: PriceRow) -> PriceRow:
    label = " ".join(row.label.split())
    if not label or len(label) > MAX_LABEL:
        raise InvalidPriceCategories(f"L’intitulé d’un tarif compte de 1 à {MAX_LABEL} caractères.")
    if not 0 <= row.price_cents <= settings.MAX_PRICE_CENTS:
        raise InvalidPriceCategories(
            f"Le prix de « {label} » doit être compris entre 0 et "
            f"{money.euros(settings.MAX_PRICE_CENTS)}."
        )
    return PriceRow(label=label, price_cents=row.price_cents, pk=row.pk)


def _check_set(rows: list[PriceRow]) -> None:
    if not rows:
        raise InvalidPriceCategories("Ajoutez au moins un tarif.")
    if len(rows) > settings.MAX_PRICE_CATEGORIES:
        raise InvalidPriceCategories(f"Une offre a au plus {settings.MAX_PRICE_CATEGORIES} tarifs.")
    seen: set[tuple[str, int]] = set()
    for row in rows:
        if (row.label, row.price_cents) in seen:
            raise InvalidPriceCategories(
                f"Le tarif « {row.label} » à {money.euros(row.price_cents)} apparaît deux fois."
            )
        seen.add((row.label, row.price_cents))


def _remove(offer: Offer, items: list[PriceCategory], *, drops_dates: bool) -> None:
    if items and offer.validation != OfferValidation.DRAFT:
        raise PriceCategoryInUse(
            "Un tarif ne se supprime plus une fois l’offre publiée : renommez-le ou changez son "
            "prix."
        )
    for item in items:
        dates = item.stocks.live().count()
        if dates and not drops_dates:
            raise PriceCategoryInUse(
                f"Le tarif « {item.label} » sert à {dates} date{'s' if dates > 1 else ''} : "
                "cochez la case pour les supprimer avec lui.",
                field="drops_dates",
            )
        # Nobody books a draft: its dates leave no history.
        item.stocks.all().delete()
        item.delete()


def _write(offer: Offer, row: PriceRow, item: PriceCategory | None) -> PriceCategory:
    if item is None:
        return PriceCategory.objects.create(
            offer=offer, label=row.label, price_cents=row.price_cents
        )
    if item.price_cents != row.price_cents:
        if is_price_held(offer):
            raise InvalidPriceCategories(HELD)
        upcoming = Stock.objects.filter(price_category=item)
        if offer.validation != OfferValidation.DRAFT:
            upcoming = upcoming.filter(beginning_at__gt=clock.now())
        # Rows locked by increasing key before the write, as everywhere.
        pks = [stock.pk for stock in upcoming.order_by("pk").lock_for_booking()]
        Stock.objects.filter(pk__in=pks).update(price_cents=row.price_cents)
    if (item.label, item.price_cents) != (row.label, row.price_cents):
        item.label, item.price_cents = row.label, row.price_cents
        item.save(update_fields=["label", "price_cents"])
    return item
