"""Collect finance events from the transitions of bookings (§2, house style D.5).

Finance looks for transitions that have no event yet; the unique link makes it repeatable, and
nothing depends on the order in which rows become visible.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from finance import transitions
from finance.enums import FROZEN_PRICING_STATUSES, EventStatus, PricingLogReason, PricingStatus
from finance.services.collective import collect_collective
from finance.services.dependents import reset_after
from finance.services.locks import lock_pricing_points, money_run
from finance.services.pricing_points import (
    LINK_OF_BOOKING,
    ensure_own_pricing_points,
    settle_digital_venues,
    wake_pending,
)
from passpro.kernel.db import refresh_statistics

logger = logging.getLogger(__name__)

PAGE = 2_000

# A use, or the undoing of a use.
_RELEVANT = """
    ((t.after = 'USED' AND t.before <> 'USED')
     OR (t.before = 'USED' AND t.after IN ('CONFIRMED', 'CANCELLED')))
"""


@dataclass
class Collected:
    used: int = 0
    undone: int = 0
    now_ready: int = 0
    moved_dates: int = 0
    school: int = 0


def collect_events(*, now: datetime) -> dict[str, int]:
    """Write the missing events, undo what was undone, wake PENDING ones; safe to run again.

    Each page is one transaction: killed anywhere, the next run goes on from there.
    """
    with money_run():
        return collect_under_lock(now=now)


def collect_under_lock(*, now: datetime) -> dict[str, int]:
    """`collect_events` for callers that already hold the money run."""
    ensure_own_pricing_points()
    counts = Collected()
    last_id = 0
    while True:
        with transaction.atomic():
            page = _next_page(last_id)
            if not page:
                break
            last_id = page[-1]
            counts.undone += _collect_undone(page, now)
            counts.used += _collect_used(page, now)
    if counts.used >= PAGE:
        refresh_statistics("finance_financeevent", "finance_venuepricingpointlink")
    settle_digital_venues(now=now)
    counts.now_ready = wake_pending()
    counts.moved_dates = _follow_moved_dates()
    counts.school = collect_collective(now=now)
    return vars(counts)


def _next_page(last_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT t.id FROM bookings_bookingtransition t
            WHERE t.id > %s AND {_RELEVANT}
              AND NOT EXISTS (SELECT 1 FROM finance_financeevent e WHERE e.transition_id = t.id)
            ORDER BY t.id LIMIT %s
            """,  # noqa: S608 - constant text
            [last_id, PAGE],
        )
        return [row[0] for row in cursor.fetchall()]


def _collect_used(page: list[int], now: datetime) -> int:
    """§2.3: READY with its pricing point, PENDING without; CANCELLED when undone meanwhile."""
    link = LINK_OF_BOOKING.format(venue="u.venue_id", moment="u.value_at")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH used AS (
                SELECT t.id, t.booking_id, t.before, b.venue_id, s.beginning_at, undo.id AS undo_id,
                       CASE WHEN undo.id IS NULL THEN COALESCE(b.used_at, t.at) ELSE t.at END
                           AS value_at
                FROM bookings_bookingtransition t
                JOIN bookings_booking b ON b.id = t.booking_id
                JOIN offers_stock s ON s.id = b.stock_id
                LEFT JOIN LATERAL (
                    SELECT later.id FROM bookings_bookingtransition later
                    WHERE later.booking_id = t.booking_id AND later.id > t.id
                      AND later.before = 'USED' AND later.after IN ('CONFIRMED', 'CANCELLED')
                    LIMIT 1
                ) undo ON true
                WHERE t.id = ANY(%(page)s) AND t.after = 'USED'
            )
            INSERT INTO finance_financeevent
                (transition_id, booking_id, venue_id, pricing_point_id, motive, status,
                 value_at, ordering_at, created_at)
            SELECT u.id, u.booking_id, u.venue_id,
                   CASE WHEN u.undo_id IS NULL THEN link.pricing_point_id END,
                   CASE WHEN u.before = 'CANCELLED' THEN 'BOOKING_USED_AFTER_CANCELLATION'
                        ELSE 'BOOKING_USED' END,
                   CASE WHEN u.undo_id IS NOT NULL THEN 'CANCELLED'
                        WHEN link.pricing_point_id IS NULL THEN 'PENDING'
                        ELSE 'READY' END,
                   u.value_at,
                   CASE WHEN u.undo_id IS NULL AND link.pricing_point_id IS NOT NULL
                        THEN GREATEST(u.value_at, u.beginning_at, link.started_at) END,
                   %(now)s
            FROM used u {link}
            WHERE u.undo_id IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM finance_financeevent e
                WHERE e.booking_id = u.booking_id AND e.status IN ('PENDING', 'READY', 'PRICED'))
            ON CONFLICT DO NOTHING
            """,  # noqa: S608 - constant text
            {"page": page, "now": now},
        )
        return int(cursor.rowcount)


def _collect_undone(page: list[int], now: datetime) -> int:
    """§2.4: cancel the live event and its pricing, drop the dependents, keep a trace."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO finance_financeevent
                (transition_id, booking_id, venue_id, motive, status, value_at, created_at)
            SELECT t.id, t.booking_id, b.venue_id,
                   CASE WHEN t.after = 'CANCELLED' THEN 'BOOKING_CANCELLED_AFTER_USE'
                        ELSE 'BOOKING_UNUSED' END,
                   'NOT_TO_BE_PRICED', t.at, %(now)s
            FROM bookings_bookingtransition t JOIN bookings_booking b ON b.id = t.booking_id
            WHERE t.id = ANY(%(page)s) AND t.before = 'USED'
            ON CONFLICT DO NOTHING
            """,
            {"page": page, "now": now},
        )
        undone = int(cursor.rowcount)
        cursor.execute(
            """
            SELECT DISTINCT e.pricing_point_id
            FROM bookings_bookingtransition t
            JOIN finance_financeevent e ON e.booking_id = t.booking_id
            WHERE t.id = ANY(%(page)s) AND t.before = 'USED' AND e.transition_id < t.id
              AND e.status IN ('READY', 'PRICED')
            """,
            {"page": page},
        )
        lock_pricing_points(row[0] for row in cursor.fetchall())
        cursor.execute(
            """
            SELECT DISTINCT e.id, p.id, p.status
            FROM bookings_bookingtransition t
            JOIN finance_financeevent e ON e.booking_id = t.booking_id
            LEFT JOIN finance_pricing p ON p.event_id = e.id AND p.status <> 'CANCELLED'
            WHERE t.id = ANY(%(page)s) AND t.before = 'USED' AND e.transition_id < t.id
              AND e.status IN ('PENDING', 'READY', 'PRICED')
            """,
            {"page": page},
        )
        rows = cursor.fetchall()
    frozen = [event for event, _, status in rows if status in FROZEN_PRICING_STATUSES]
    if frozen:  # bookings refuses this once frozen_at is set: a hole in the guards
        logger.error(
            "A booking already in a batch lost its use; its money was left as it is.",
            extra={"events": frozen},
        )
    live = [row for row in rows if row[0] not in frozen]
    reset_after([event for event, pricing, _ in live if pricing], skip_frozen=True)
    transitions.move_pricings(
        [pricing for _, pricing, _ in live if pricing],
        PricingStatus.CANCELLED,
        reason=PricingLogReason.MARKED_UNUSED,
        now=now,
    )
    transitions.move_events([event for event, _, _ in live], EventStatus.CANCELLED)
    return undone


@transaction.atomic
def _follow_moved_dates() -> int:
    """§4.4: a date that moved changes the order; price again from the earlier of both dates."""
    link = LINK_OF_BOOKING.format(venue="e.venue_id", moment="e.value_at")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.id, e.pricing_point_id, e.status,
                   GREATEST(e.value_at, s.beginning_at, link.started_at)
            FROM finance_financeevent e
            JOIN bookings_booking b ON b.id = e.booking_id
            JOIN offers_stock s ON s.id = b.stock_id
            {link}
            WHERE (e.status = 'READY' OR (e.status = 'PRICED' AND EXISTS (
                    SELECT 1 FROM finance_pricing p
                    WHERE p.event_id = e.id AND p.status = 'VALIDATED')))
              AND s.beginning_at IS NOT NULL AND link.pricing_point_id = e.pricing_point_id
              AND e.ordering_at <> GREATEST(e.value_at, s.beginning_at, link.started_at)
            ORDER BY e.id
            """  # noqa: S608 - constant text
        )
        moved = cursor.fetchall()
        if not moved:
            return 0
        lock_pricing_points(row[1] for row in moved)
        priced = [row[0] for row in moved if row[2] == EventStatus.PRICED]
        reset_after(priced, skip_frozen=True, with_themselves=True)
        cursor.executemany(
            "UPDATE finance_financeevent SET ordering_at = %s WHERE id = %s AND status = 'READY'",
            [(row[3], row[0]) for row in moved],
        )
        return len(moved)
