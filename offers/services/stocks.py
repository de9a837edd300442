"""Dates of events and the stock of goods (§3.2 to §3.7)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from offers.constants import MAX_QUANTITY, STOCK_DELETION_DELAY
from offers.enums import OfferValidation
from offers.exceptions import InvalidStock, StockHasBookings, StockTooOld
from offers.models import Offer, PriceCategory, Stock
from offers.services.activation_codes import check_code_expiry
from offers.services.held_prices import refuse_other_prices
from offers.services.locking import CLOSING, lock_own_offer, lock_stock, refuse_partner_stock
from offers.services.recheck import recheck, top_price_of
from passpro.kernel import clock, money
from passpro.kernel.actor import Actor


@transaction.atomic
def add_stock(
    *,
    offer: Offer,
    price_category: PriceCategory | None,
    beginning_at: datetime,
    by: Actor,
    booking_limit_at: datetime | None = None,
    quantity: int | None = None,
    duration_minutes: int | None = None,
) -> Stock:
    """Add one date of an event; `quantity` None is unlimited, the limit defaults to the beginning.

    `duration_minutes` (an end hour was typed) becomes the duration of the offer (seed 003).

    Raises InvalidStock (dated good, past, foreign price, limit after the beginning, quantity,
    same date and price twice, 2 500 dates: STK-01 to STK-04, STK-20, STK-21, STK-25) and
    OfferFrozen.
    """
    locked, now = lock_own_offer(offer, by=by), clock.now()
    _check_event(locked)
    if locked.stocks.live().count() >= settings.MAX_STOCKS_PER_OFFER:
        raise InvalidStock(
            f"Une offre a au plus {settings.MAX_STOCKS_PER_OFFER} dates.", field="date"
        )
    facts = _checked_date(
        locked, price_category, beginning_at, booking_limit_at, quantity, booked=0, now=now
    )
    _refuse_twin(locked, facts)
    refuse_other_prices(locked, facts["price_cents"])
    if duration_minutes:
        locked.duration_minutes = duration_minutes
        locked.save(update_fields=["duration_minutes"])
    top_price = top_price_of(locked)
    stock = Stock.objects.create(offer=locked, **facts)
    if stock.price_cents > top_price:
        recheck(locked, by=by)  # MOD-05
    return stock


@transaction.atomic
def change_stock(
    *,
    stock: Stock,
    price_category: PriceCategory | None,
    beginning_at: datetime,
    by: Actor,
    booking_limit_at: datetime | None = None,
    quantity: int | None = None,
) -> Stock:
    """Change one date that has not begun (STK-50 to STK-55); bookings keep their price.

    Raises StockTooOld, InvalidStock, and StockHasBookings when the day or the hour of a
    booked date would move: its beneficiaries must be told.
    """
    offer, locked = lock_stock(stock)
    now = clock.now()
    _check_event(offer)
    if offer.validation != OfferValidation.DRAFT and _has_begun(locked, now):
        raise StockTooOld("Cette date est passée : elle ne peut plus être modifiée.")
    if locked.booked_quantity and beginning_at != locked.beginning_at:
        raise StockHasBookings(
            "Des places sont réservées à cette date : pour changer son jour ou son heure, "
            "reportez-la. Ses bénéficiaires seront prévenus.",
            field="date",
        )
    facts = _checked_date(
        offer,
        price_category,
        beginning_at,
        booking_limit_at,
        quantity,
        booked=locked.booked_quantity,
        now=now,
    )
    if offer.is_limited:
        facts = _kept_by_partner(offer, locked, facts, by)
    _refuse_twin(offer, facts, besides=locked)
    if facts["price_cents"] != locked.price_cents:
        refuse_other_prices(offer, facts["price_cents"])
    for name, value in facts.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*facts, "hand_fields"])
    return locked


def _kept_by_partner(
    offer: Offer, stock: Stock, facts: dict[str, Any], by: Actor
) -> dict[str, Any]:
    """§2.14: refuse what is closed to people, note what they change; keep it later (OFF-143)."""
    if by.kind != "USER":
        kept = {name: getattr(stock, name) for name in stock.hand_fields if name in facts}
        limit, beginning = kept.get("booking_limit_at"), facts["beginning_at"]
        if isinstance(limit, datetime) and isinstance(beginning, datetime):
            # A date brought forward takes its limit along (STK-51).
            kept["booking_limit_at"] = min(limit, beginning)
        return facts | kept
    changes = {name for name, value in facts.items() if value != getattr(stock, name)}
    refuse_partner_stock(offer, by=by, changes=frozenset(changes))
    stock.hand_fields = sorted({*stock.hand_fields, *changes})
    return facts


@transaction.atomic
def set_good_stock(
    *,
    offer: Offer,
    price_cents: int,
    by: Actor,
    quantity: int | None = None,
    booking_limit_at: datetime | None = None,
    is_duo: bool | None = None,
) -> Stock:
    """Write the single stock of a good (STK-26): price in cents, places, limit (None: none).

    Duo is asked on the same screen for the few goods that allow it.

    Raises InvalidStock (event, price, quantity below the booked ones, past limit), OfferFrozen.
    """
    locked, now = lock_own_offer(offer, by=by), clock.now()
    if locked.is_event:
        raise InvalidStock("Un événement a des dates, pas un stock.")
    _check_price(price_cents)
    stock = locked.stocks.live().lock_for_booking().order_by("pk").first() or Stock(offer=locked)
    _check_quantity(quantity, stock.booked_quantity)
    if price_cents != stock.price_cents:
        refuse_other_prices(locked, price_cents)
    if booking_limit_at and booking_limit_at != stock.booking_limit_at and booking_limit_at <= now:
        raise InvalidStock("La date limite de réservation est passée.", field="limit")
    if stock.has_codes:
        if quantity != stock.quantity:
            raise InvalidStock(
                "Le nombre de places est celui des codes d’activation : il ne change plus.",
                field="quantity",
            )
        check_code_expiry(stock.codes_expire_at, booking_limit_at)
    is_dearer = stock.pk is not None and price_cents > stock.price_cents
    stock.price_cents, stock.quantity = price_cents, quantity
    stock.booking_limit_at = booking_limit_at
    stock.save()
    if is_dearer:
        recheck(locked, by=by)  # MOD-05
    if is_duo is not None:
        locked.is_duo = is_duo and locked.subcategory.can_be_duo
        locked.save(update_fields=["is_duo"])
    return stock


@transaction.atomic
def delete_stock(*, stock: Stock, by: Actor) -> None:
    """Delete a date or a stock that nobody booked; softly once the offer was published (STK-65).

    Raises StockHasBookings (bookings are cancelled by their own use case) and StockTooOld
    later than 48 h after the beginning (STK-62).
    """
    offer, locked = lock_stock(stock)
    if locked.booked_quantity:
        raise StockHasBookings(
            f"{locked.booked_quantity} place"
            f"{'s sont réservées' if locked.booked_quantity > 1 else ' est réservée'} ici : "
            "annulez d’abord ces réservations, ou clôturez la billetterie."
        )
    if offer.validation == OfferValidation.DRAFT:
        locked.delete()
        return
    _check_deletable(locked)
    _discard(locked)


@transaction.atomic
def withdraw_stock(*, stock: Stock, by: Actor) -> None:
    """Softly delete a stock whose bookings the caller has just cancelled in its transaction.

    For the withdrawal use case of bookings, which holds the stock's lock; bookings already in
    a payment stay attached (STK-66). Raises StockTooOld (STK-62).
    """
    _check_deletable(stock)
    _discard(stock)


@transaction.atomic
def move_stock(
    *, stock: Stock, beginning_at: datetime, booking_limit_at: datetime | None, by: Actor
) -> None:
    """Write another day or hour for a date, booked or not (STK-50, STK-51); nobody is told.

    For the postponing use case of bookings, which holds the stock's lock. `booking_limit_at`
    None is the new beginning. Raises StockTooOld (it has begun) and InvalidStock.
    """
    refuse_partner_stock(stock.offer, by=by)
    if stock.offer.validation != OfferValidation.DRAFT and _has_begun(stock, clock.now()):
        raise StockTooOld("Cette date est passée : elle ne peut plus être reportée.")
    facts = _checked_date(
        stock.offer,
        stock.price_category,
        beginning_at,
        booking_limit_at,
        stock.quantity,
        booked=stock.booked_quantity,
        now=clock.now(),
    )
    _refuse_twin(stock.offer, facts, besides=stock)
    stock.beginning_at, stock.booking_limit_at = beginning_at, booking_limit_at or beginning_at
    stock.save(update_fields=["beginning_at", "booking_limit_at"])


@transaction.atomic
def close_stock(*, stock: Stock, by: Actor) -> Stock:
    """Stop bookings now and keep those made: no place is left, the limit is now (STK-69).

    A place given up later is not sold again. Raises OfferFrozen, StockGone, StockTooOld,
    MadeByPartner.
    """
    offer, locked = lock_stock(stock)
    refuse_partner_stock(offer, by=by, changes=CLOSING)
    now = clock.now()
    if _has_begun(locked, now):
        raise StockTooOld("Cette date est passée : ses réservations sont déjà closes.")
    if locked.booking_limit_at is None or locked.booking_limit_at > now:
        locked.booking_limit_at = now
    locked.quantity = locked.booked_quantity
    locked.save(update_fields=["booking_limit_at", "quantity"])
    return locked


def _check_event(offer: Offer) -> None:
    if not offer.is_event:
        raise InvalidStock("Un bien n’a pas de date : donnez-lui un stock.", field="date")


def _checked_date(
    offer: Offer,
    price_category: PriceCategory | None,
    beginning_at: datetime,
    booking_limit_at: datetime | None,
    quantity: int | None,
    *,
    booked: int,
    now: datetime,
) -> dict[str, Any]:
    if price_category is None or price_category.offer_id != offer.pk:
        raise InvalidStock(
            "Choisissez un des tarifs de l’offre.",
            field="price_category",
            api_key="price_category_id",
        )
    if beginning_at <= now:
        raise InvalidStock(
            "La date et l’heure doivent être à venir.", field="date", api_key="beginningDatetime"
        )
    limit = booking_limit_at or beginning_at
    if limit > beginning_at:
        raise InvalidStock(
            "La date limite ne peut pas suivre le début de l’événement.",
            field="limit",
            api_key="bookingLimitDatetime",
        )
    _check_quantity(quantity, booked)
    return {
        "price_category": price_category,
        "price_cents": price_category.price_cents,
        "beginning_at": beginning_at,
        "booking_limit_at": limit,
        "quantity": quantity,
    }


def _refuse_twin(offer: Offer, facts: dict[str, Any], besides: Stock | None = None) -> None:
    twins = offer.stocks.live().filter(
        beginning_at=facts["beginning_at"], price_category=facts["price_category"]
    )
    if twins.exclude(pk=besides.pk if besides else None).exists():
        raise InvalidStock("Cette date existe déjà pour ce tarif.", field="date")


def _check_price(price_cents: int) -> None:
    if not 0 <= price_cents <= settings.MAX_PRICE_CENTS:
        raise InvalidStock(
            f"Le prix doit être compris entre 0 et {money.euros(settings.MAX_PRICE_CENTS)}.",
            field="price",
            api_key="price300" if price_cents > 0 else "price",
        )


def _check_quantity(quantity: int | None, booked: int) -> None:
    if quantity is None:
        return
    if not 0 <= quantity <= MAX_QUANTITY:
        raise InvalidStock(
            "Le nombre de places est un nombre entier, au plus 1 000 000.",
            field="quantity",
            api_key="quantity",
        )
    if quantity < booked:
        raise InvalidStock(
            f"{booked} place{'s sont déjà réservées' if booked > 1 else ' est déjà réservée'} : "
            "le nombre de places ne peut pas être plus petit.",
            field="quantity",
            api_key="quantity",
        )


def _has_begun(stock: Stock, now: datetime) -> bool:
    return stock.beginning_at is not None and stock.beginning_at <= now


def _check_deletable(stock: Stock) -> None:
    if stock.beginning_at and stock.beginning_at + STOCK_DELETION_DELAY < clock.now():
        raise StockTooOld("Une date passée depuis plus de 48 heures ne peut plus être supprimée.")


def _discard(stock: Stock) -> None:
    stock.deleted_at = clock.now()
    stock.save(update_fields=["deleted_at"])
