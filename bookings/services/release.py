"""Give back the places and the credits of cancelled bookings, one or thousands."""

from datetime import datetime

from django.db import connection
from django.db.models import Count, Sum

from bookings import notices
from bookings.models import Booking
from bookings.services import tickets
from offers.services.activation_codes import drop_codes
from offers.services.places import free_many_places
from passpro.kernel.actor import Actor

_DEPOSITS = """
    UPDATE bookings_deposit SET
        spent_cents = spent_cents - freed.cents,
        digital_spent_cents = digital_spent_cents - freed.digital_cents,
        physical_spent_cents = physical_spent_cents - freed.physical_cents
    FROM (
        SELECT deposit_id,
            SUM(amount_cents * quantity - local_cents) AS cents,
            COALESCE(SUM(amount_cents * quantity - local_cents)
                FILTER (WHERE ceiling = 'DIGITAL'), 0) AS digital_cents,
            COALESCE(SUM(amount_cents * quantity - local_cents)
                FILTER (WHERE ceiling = 'PHYSICAL'), 0) AS physical_cents
        FROM bookings_booking
        WHERE id = ANY(%s) AND deposit_id IS NOT NULL AND amount_cents > 0
        GROUP BY deposit_id
    ) AS freed
    WHERE bookings_deposit.id = freed.deposit_id
"""
# What each local credit had paid goes back to it, with its row of the log.
_LOCAL_CREDITS = """
    WITH given_back AS (
        INSERT INTO bookings_localmovement
            (credit_id, booking_id, kind, cents, at, actor_kind, actor_label, actor_id)
        SELECT credit_id, booking_id, 'BACK', cents, %s, %s, %s, %s::bigint
        FROM bookings_localmovement WHERE booking_id = ANY(%s) AND kind = 'SPENT'
        ORDER BY id
        RETURNING credit_id, cents
    )
    UPDATE bookings_localcredit SET spent_cents = spent_cents - freed.cents
    FROM (SELECT credit_id, SUM(cents) AS cents FROM given_back GROUP BY credit_id) AS freed
    WHERE bookings_localcredit.id = freed.credit_id
"""
_LOCK_STOCKS = """
    SELECT 1 FROM offers_stock
    WHERE id IN (SELECT stock_id FROM bookings_booking WHERE id = ANY(%s))
    ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_LOCAL_CREDITS = """
    SELECT 1 FROM bookings_localcredit
    WHERE id IN (SELECT credit_id FROM bookings_localmovement WHERE booking_id = ANY(%s))
    ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_DEPOSITS = """
    SELECT 1 FROM bookings_deposit
    WHERE id IN (SELECT deposit_id FROM bookings_booking WHERE id = ANY(%s))
    ORDER BY id FOR NO KEY UPDATE
"""


def lock_counters(booking_ids: list[int]) -> None:
    """Lock the stocks, the local credits, then the deposits of these bookings, by increasing id."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_STOCKS, [booking_ids])
        cursor.execute(_LOCK_LOCAL_CREDITS, [booking_ids])
        cursor.execute(_LOCK_DEPOSITS, [booking_ids])


def release(booking_ids: list[int], *, at: datetime, by: Actor, with_tickets: bool = True) -> None:
    """Lower the counters by what these bookings held (CRD-09, STK-97); call once, under lock.

    Partners whose offers they were are told (API-260), and given their tickets back unless they
    have them already (`with_tickets` False).
    """
    if not booking_ids:
        return
    stocks = Booking.objects.filter(pk__in=booking_ids).order_by().values_list("stock_id")
    rows = list(
        stocks.annotate(Sum("quantity"), Count("activation_code"), Count("offer__provider"))
    )
    free_many_places({stock_id: places for stock_id, places, _, _ in rows})
    if codes := {stock_id: count for stock_id, _, count, _ in rows if count}:
        drop_codes(codes)
    actor = by.as_columns()
    who = [actor["actor_kind"], actor["actor_label"], actor["actor_id"]]
    with connection.cursor() as cursor:
        cursor.execute(_DEPOSITS, [booking_ids])
        cursor.execute(_LOCAL_CREDITS, [at, *who, booking_ids])
    if not any(of_partner for *_, of_partner in rows):
        return
    notices.queue_cancelled(booking_ids)
    if with_tickets:
        tickets.queue_cancelled(booking_ids)
