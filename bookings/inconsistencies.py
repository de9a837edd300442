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
            SUM(due) AS cents,
            COALESCE(SUM(due) FILTER (WHERE ceiling = 'DIGITAL'), 0) AS digital,
            COALESCE(SUM(due) FILTER (WHERE ceiling = 'PHYSICAL'), 0) AS physical
        FROM bookings_booking CROSS JOIN LATERAL (
            SELECT GREATEST(amount_cents * quantity - local_cents - returned_cents, 0) AS due
        ) AS charged
        WHERE status <> 'CANCELLED' GROUP BY deposit_id
    ) AS spent ON spent.deposit_id = deposit.id
    WHERE deposit.spent_cents <> COALESCE(spent.cents, 0)
        OR deposit.digital_spent_cents <> COALESCE(spent.digital, 0)
        OR deposit.physical_spent_cents <> COALESCE(spent.physical, 0)
    ORDER BY deposit.id
"""
# The log of a local credit says its amount and what is spent; that of a booking, its local part.
_LOCAL_CREDITS = """
    SELECT credit.id FROM bookings_localcredit AS credit
    LEFT JOIN (
        SELECT credit_id,
            SUM(cents) FILTER (WHERE kind = 'GRANT') AS granted,
            SUM(CASE kind WHEN 'SPENT' THEN cents WHEN 'BACK' THEN -cents END) AS spent
        FROM bookings_localmovement GROUP BY credit_id
    ) AS told ON told.credit_id = credit.id
    WHERE credit.amount_cents IS DISTINCT FROM told.granted
        OR credit.spent_cents <> COALESCE(told.spent, 0)
    ORDER BY credit.id
"""
_LOCAL_PARTS = """
    SELECT booking.id FROM bookings_booking AS booking
    LEFT JOIN (
        SELECT booking_id, COALESCE(SUM(cents) FILTER (WHERE kind = 'SPENT'), 0) AS spent,
            COALESCE(SUM(cents) FILTER (WHERE kind = 'BACK'), 0) AS given_back
        FROM bookings_localmovement WHERE booking_id IS NOT NULL GROUP BY booking_id
    ) AS told ON told.booking_id = booking.id
    WHERE (booking.local_cents > 0 OR told.booking_id IS NOT NULL)
        AND (booking.local_cents <> COALESCE(told.spent, 0)
            OR COALESCE(told.given_back, 0)
                <> CASE booking.status WHEN 'CANCELLED' THEN booking.local_cents
                    ELSE GREATEST(booking.returned_cents + booking.local_cents
                        - booking.amount_cents * booking.quantity, 0) END)
    ORDER BY booking.id
"""


def stocks_with_wrong_counter() -> list[int]:
    """Stocks whose booked counter differs from the places really held."""
    return _ids(_STOCKS)


def deposits_with_wrong_counter() -> list[int]:
    """Credits whose spent counters differ from the bookings charged to them (CRD-06)."""
    return _ids(_DEPOSITS)


def local_credits_with_wrong_counter() -> list[int]:
    """Local credits whose counters differ from their log."""
    return _ids(_LOCAL_CREDITS)


def bookings_with_wrong_local_part() -> list[int]:
    """Bookings whose local part is not what the local credits paid, or gave back once cancelled."""
    return _ids(_LOCAL_PARTS)


def bookings_of_another_offer() -> list[int]:
    """Bookings whose copied offer is not the offer of their stock."""
    return list(
        Booking.objects.exclude(offer=F("stock__offer")).order_by("pk").values_list("pk", flat=True)
    )


CONTROLS = (
    stocks_with_wrong_counter,
    deposits_with_wrong_counter,
    local_credits_with_wrong_counter,
    bookings_with_wrong_local_part,
    bookings_of_another_offer,
)


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
