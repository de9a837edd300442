"""Places of a stock taken and given back; the only writers of `booked_quantity`.

For bookings, which calls them inside its own transaction with the stock row locked by
`Stock.objects.lock_for_booking()` (lock order: Stock → Deposit → Booking).
"""

from django.db import connection
from django.db.models import F

from offers.exceptions import NotEnoughPlaces
from offers.models import Stock
from passpro.kernel.db import Statement

_TAKE = "UPDATE offers_stock SET booked_quantity = booked_quantity + %s WHERE id = %s"


def taking_places(*, stock: Stock, quantity: int) -> Statement:
    """The write that adds `quantity` booked places to the locked row, for the booking to run.

    Raises NotEnoughPlaces (STK-93, STK-94). One expression update: the constraint
    `stock_never_oversold` has the last word.
    """
    _in_transaction()
    remaining = stock.remaining
    if remaining is not None and remaining < quantity:
        raise NotEnoughPlaces(remaining=remaining)
    stock.booked_quantity += quantity
    return Statement(_TAKE, [quantity, stock.pk])


def free_places(*, stock: Stock, quantity: int) -> None:
    """Give `quantity` places of the locked row back (cancelled or expired booking)."""
    _in_transaction()
    Stock.objects.filter(pk=stock.pk).update(booked_quantity=F("booked_quantity") - quantity)
    stock.booked_quantity -= quantity


def free_many_places(quantities: dict[int, int]) -> None:
    """Give back places of many locked rows (stock id → places) with one statement."""
    _in_transaction()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE offers_stock SET booked_quantity = booked_quantity - freed.places
            FROM unnest(%s::bigint[], %s::int[]) AS freed (stock_id, places)
            WHERE offers_stock.id = freed.stock_id
            """,
            [list(quantities), list(quantities.values())],
        )


def set_remaining(*, stock_id: int, remaining: int | None) -> None:
    """API-272: a partner's ticketing says what is left besides what is booked; None: unlimited."""
    _in_transaction()
    total = None if remaining is None else F("booked_quantity") + remaining
    Stock.objects.filter(pk=stock_id).update(quantity=total)


def _in_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("places move inside the transaction that locked the stock")
