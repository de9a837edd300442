"""What must never be found: named sets that the nightly control counts and reports (STK-97)."""

import logging
from datetime import datetime

from django.db import connection
from django.db.models import F

from bookings.models import Booking

logger = logging.getLogger(__name__)

_STOCKS = """
    SELECT stock.id FROM offers_stock AS stock
    LEFT JOIN (
        SELECT stock_id, SUM(quantity) AS places
        FROM bookings_booking WHERE status <> 'CANCELLED' GROUP BY stock_id
    ) AS booked ON booked.stock_id = stock.id
    WHERE stock.booked_quantity <> COALESCE(booked.places, 0)
    ORDER BY stock.id
"""
_DEPOSITS = """
    SELECT deposit.id FROM bookings_deposit AS deposit
    LEFT JOIN (
        SELECT deposit_id,
            SUM(amount_cents * quantity) AS cents,
            COALESCE(SUM(amount_cents * quantity) FILTER (WHERE ceiling = 'DIGITAL'), 0) AS digital,
            COALESCE(SUM(amount_cents * quantity) FILTER (WHERE ceiling = 'PHYSICAL'), 0)
                AS physical
        FROM bookings_booking WHERE status <> 'CANCELLED' GROUP BY deposit_id
    ) AS spent ON spent.deposit_id = deposit.id
    WHERE deposit.spent_cents <> COALESCE(spent.cents, 0)
        OR deposit.digital_spent_cents <> COALESCE(spent.digital, 0)
        OR deposit.physical_spent_cents <> COALESCE(spent.physical, 0)
    ORDER BY deposit.id
"""


def stocks_with_wrong_counter() -> list[int]:
    """Stocks whose booked counter differs from the places really held."""
    return _ids(_STOCKS)


def deposits_with_wrong_counter() -> list[int]:
    """Credits whose spent counters differ from the bookings charged to them (CRD-06)."""
    return _ids(_DEPOSITS)


def bookings_of_another_offer() -> list[int]:
    """Bookings whose copied offer is not the offer of their stock."""
    return list(
        Booking.objects.exclude(offer=F("stock__offer")).order_by("pk").values_list("pk", flat=True)
    )


CONTROLS = (stocks_with_wrong_counter, deposits_with_wrong_counter, bookings_of_another_offer)


def control(*, now: datetime) -> dict[str, int]:
    """Count each set; what is found is logged with its ids, and repaired by nobody in silence."""
    counts = {}
    for find in CONTROLS:
        ids = find()
        counts[find.__name__] = len(ids)
        if ids:
            logger.error(
                "The nightly control found rows to repair.",
                extra={"control": find.__name__, "ids": ids[:100], "at": now.isoformat()},
            )
    return counts


def _ids(statement: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [pk for (pk,) in cursor.fetchall()]
