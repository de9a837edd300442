"""Give back the places and the credit of cancelled bookings, one or thousands."""

from django.db import connection
from django.db.models import Sum

from bookings.models import Booking
from offers.services.places import free_many_places

_DEPOSITS = """
    UPDATE bookings_deposit SET
        spent_cents = spent_cents - freed.cents,
        digital_spent_cents = digital_spent_cents - freed.digital_cents,
        physical_spent_cents = physical_spent_cents - freed.physical_cents
    FROM (
        SELECT deposit_id,
            SUM(amount_cents * quantity) AS cents,
            COALESCE(SUM(amount_cents * quantity) FILTER (WHERE ceiling = 'DIGITAL'), 0)
                AS digital_cents,
            COALESCE(SUM(amount_cents * quantity) FILTER (WHERE ceiling = 'PHYSICAL'), 0)
                AS physical_cents
        FROM bookings_booking
        WHERE id = ANY(%s) AND deposit_id IS NOT NULL AND amount_cents > 0
        GROUP BY deposit_id
    ) AS freed
    WHERE bookings_deposit.id = freed.deposit_id
"""
_LOCK_STOCKS = """
    SELECT 1 FROM offers_stock
    WHERE id IN (SELECT stock_id FROM bookings_booking WHERE id = ANY(%s))
    ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_DEPOSITS = """
    SELECT 1 FROM bookings_deposit
    WHERE id IN (SELECT deposit_id FROM bookings_booking WHERE id = ANY(%s))
    ORDER BY id FOR NO KEY UPDATE
"""


def lock_counters(booking_ids: list[int]) -> None:
    """Lock the stocks then the deposits of these bookings, by increasing id."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_STOCKS, [booking_ids])
        cursor.execute(_LOCK_DEPOSITS, [booking_ids])


def release(booking_ids: list[int]) -> None:
    """Lower the counters by what these bookings held (CRD-09, STK-97); call once, under lock."""
    if not booking_ids:
        return
    places = Booking.objects.filter(pk__in=booking_ids).order_by().values_list("stock_id")
    free_many_places(dict(places.annotate(Sum("quantity"))))
    with connection.cursor() as cursor:
        cursor.execute(_DEPOSITS, [booking_ids])
