"""The same statements in bare psycopg: what the database alone can do in this run."""

import threading
import time
from collections.abc import Callable

import psycopg

CHECK = """
SELECT b.*, u.email, u.first_name, u.last_name, u.date_of_birth, u.phone, o.title, o.extra_data,
       s.beginning_at, v.name, v.street, v.department_code
  FROM bookings_booking b
  JOIN accounts_user u ON u.id = b.beneficiary_id
  JOIN offers_offer o ON o.id = b.offer_id
  JOIN offers_stock s ON s.id = b.stock_id
  JOIN venues_venue v ON v.id = b.venue_id
 WHERE b.countermark = %s
"""
LOCK_BOOKING = (
    "SELECT id, status, frozen_at FROM bookings_booking WHERE countermark = %s FOR NO KEY UPDATE"
)
USE = "UPDATE bookings_booking SET status='USED', used_at=now(), validated_by='OFFERER' WHERE id=%s"
LOG = """
INSERT INTO bookings_bookingtransition
       (booking_id, before, after, at, actor_kind, actor_label, why)
VALUES (%s, %s, %s, now(), 'API_KEY', 'bare', '')
"""


def check(cursor: psycopg.Cursor, countermark: str) -> None:
    cursor.execute(CHECK, [countermark])
    cursor.fetchone()


def validate(cursor: psycopg.Cursor, countermark: str) -> None:
    with cursor.connection.transaction():
        cursor.execute(LOCK_BOOKING, [countermark])
        booking_id = cursor.fetchone()[0]
        cursor.execute(USE, [booking_id])
        cursor.execute(LOG, [booking_id, "CONFIRMED", "USED"])


def book(cursor: psycopg.Cursor, job: tuple[int, int, str]) -> None:
    stock_id, person_id, countermark = job
    with cursor.connection.transaction():
        cursor.execute("SELECT * FROM offers_stock WHERE id=%s FOR NO KEY UPDATE", [stock_id])
        cursor.execute(
            "SELECT id FROM bookings_deposit WHERE user_id=%s FOR NO KEY UPDATE", [person_id]
        )
        deposit_id = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE offers_stock SET booked_quantity = booked_quantity + 1 WHERE id=%s", [stock_id]
        )
        cursor.execute(
            "UPDATE bookings_deposit SET spent_cents = spent_cents + 100 WHERE id=%s", [deposit_id]
        )
        cursor.execute(
            """INSERT INTO bookings_booking (stock_id, offer_id, venue_id, offerer_id,
                      beneficiary_id, deposit_id, quantity, amount_cents, price_category_label,
                      countermark, status, booked_at, validated_by, cancellation_reason, ceiling)
               SELECT s.id, o.id, v.id, v.offerer_id, %s, %s, 1, 100, '', %s, 'CONFIRMED', now(),
                      '', '', ''
                 FROM offers_stock s JOIN offers_offer o ON o.id = s.offer_id
                 JOIN venues_venue v ON v.id = o.venue_id WHERE s.id = %s RETURNING id""",
            [person_id, deposit_id, countermark, stock_id],
        )
        cursor.execute(LOG, [cursor.fetchone()[0], "", "CONFIRMED"])


def per_second(dsn: dict, statement: Callable, jobs: list, clients: int) -> float:
    """Run every job once over `clients` threads, each with its own connection."""
    queue, lock = list(jobs), threading.Lock()

    def work() -> None:
        with psycopg.connect(**dsn, autocommit=True) as connection:
            cursor = connection.cursor()
            while True:
                with lock:
                    if not queue:
                        return
                    job = queue.pop()
                statement(cursor, job)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(jobs) / (time.perf_counter() - started)
