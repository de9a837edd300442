"""Advisory locks of finance (§22); PostgreSQL frees them when a worker dies."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from finance.exceptions import MoneyRunBusy

# First number of the key: what is locked; second: which one.
MONEY_RUN, PRICING_POINT, INVOICED_ACCOUNT, FREE_BOOKINGS = 7301, 7302, 7303, 7304


@contextmanager
def money_run() -> Iterator[None]:
    """One pricing or batch run at a time, over all workers; raises MoneyRunBusy.

    A session lock: it outlives the many short transactions of a run, and disappears with the
    connection, so that a killed worker never blocks the next run.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [MONEY_RUN])
        if not cursor.fetchone()[0]:
            raise MoneyRunBusy
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [MONEY_RUN])


def lock_pricing_points(ids: Iterable[int]) -> None:
    """Transaction locks named after the pricing points, by increasing id, before reading."""
    _lock_in_order(PRICING_POINT, ids)


def lock_invoiced_accounts(ids: Iterable[int]) -> None:
    """Transaction locks named after the accounts that get a justificatif."""
    _lock_in_order(INVOICED_ACCOUNT, ids)


def lock_free_bookings() -> None:
    """Transaction lock of those who settle the bookings that get no justificatif."""
    _lock_in_order(FREE_BOOKINGS, [0])


def _lock_in_order(kind: int, ids: Iterable[int]) -> None:
    # Folded to 31 bits: two ids that meet only wait for each other.
    keys = sorted({pk & 0x7FFFFFFF for pk in ids})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, pk) FROM unnest(%s::int[]) WITH ORDINALITY"
            " AS wanted (pk, place) ORDER BY place",
            [kind, keys],
        )
