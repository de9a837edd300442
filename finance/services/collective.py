"""School bookings: from their use to an amount owed, at 100 % (collective.md §14; §2.3, §6.3).

They follow the same way as individual ones (event → pricing → batch → justificatif), but no yearly
revenue counts them and no bracket changes them: nothing depends on their order.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from finance import transitions
from finance.enums import EventStatus, PricingLogReason, PricingStatus
from finance.services.dependents import YEAR_END, YEAR_START
from finance.services.pricing_points import LINK_OF_BOOKING

RULE = "COLLECTIVE_100"
PAGE = 2_000
# Slow transactions get a minute to land, as for individual bookings.
DELAY = timedelta(minutes=1)


def collect_collective(*, now: datetime) -> int:
    """An event for each use that has none, by pages; the caller holds the money run (§2.3)."""
    _undo(now)
    collected = 0
    while written := _collect_page(now):
        collected += written
    _wake()
    return collected


@transaction.atomic
def _undo(now: datetime) -> None:
    """§2.4: the team cancelled a used booking, or brought it back since; a batch keeps its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.id, p.id
            FROM finance_financeevent e
            JOIN collective_collectivebooking b ON b.id = e.collective_booking_id
            LEFT JOIN finance_pricing p ON p.event_id = e.id AND p.status <> 'CANCELLED'
            WHERE e.motive = 'BOOKING_USED'
              AND (e.status IN ('PENDING', 'READY') OR (e.status = 'PRICED'
                AND p.status IN ('PENDING', 'VALIDATED', 'REJECTED')))
              AND (b.status <> 'USED' OR b.used_at <> e.value_at)
            ORDER BY e.id FOR NO KEY UPDATE OF e
            """
        )
        undone = cursor.fetchall()
    transitions.move_pricings(
        [pricing for _, pricing in undone if pricing],
        PricingStatus.CANCELLED,
        reason=PricingLogReason.MARKED_UNUSED,
        now=now,
    )
    transitions.move_events([event for event, _ in undone], EventStatus.CANCELLED)


@transaction.atomic
def _collect_page(now: datetime) -> int:
    link = LINK_OF_BOOKING.format(venue="b.venue_id", moment="b.used_at")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO finance_financeevent
                (collective_booking_id, venue_id, pricing_point_id, motive, status, value_at,
                 ordering_at, created_at)
            SELECT b.id, b.venue_id, link.pricing_point_id, 'BOOKING_USED',
                   CASE WHEN link.pricing_point_id IS NULL THEN 'PENDING' ELSE 'READY' END,
                   b.used_at,
                   CASE WHEN link.pricing_point_id IS NOT NULL
                        THEN GREATEST(b.used_at, s.ends_at, link.started_at) END,
                   %(now)s
            FROM collective_collectivebooking b
            JOIN collective_collectivestock s ON s.id = b.stock_id
            {link}
            WHERE b.status = 'USED' AND NOT EXISTS (
                SELECT 1 FROM finance_financeevent e
                WHERE e.collective_booking_id = b.id AND e.status <> 'CANCELLED')
            ORDER BY b.id LIMIT {PAGE}
            ON CONFLICT DO NOTHING
            """,  # noqa: S608 - constant text
            {"now": now},
        )
        return int(cursor.rowcount)


@transaction.atomic
def _wake() -> None:
    """§2.3-4: those whose venue got a pricing point."""
    link = LINK_OF_BOOKING.format(venue="e.venue_id", moment="e.value_at")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE finance_financeevent target
            SET status = 'READY', pricing_point_id = found.pricing_point_id,
                ordering_at = found.ordering_at
            FROM (
                SELECT e.id, link.pricing_point_id,
                       GREATEST(e.value_at, s.ends_at, link.started_at) AS ordering_at
                FROM finance_financeevent e
                JOIN collective_collectivebooking b ON b.id = e.collective_booking_id
                JOIN collective_collectivestock s ON s.id = b.stock_id
                {link}
                WHERE e.status = 'PENDING' AND link.pricing_point_id IS NOT NULL
            ) found
            WHERE target.id = found.id AND target.status = 'PENDING'
            """  # noqa: S608 - constant text
        )


def price_collective(*, now: datetime) -> int:
    """Every READY event of a school booking, by pages; the caller holds the money run."""
    priced = 0
    while written := _price_page(now):
        priced += written
    return priced


@transaction.atomic
def _price_page(now: datetime) -> int:
    """The whole price of the class; the revenue of the year is noted, without it (§5.5)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH ready AS (
                SELECT e.id, e.collective_booking_id, e.venue_id, e.pricing_point_id, e.value_at,
                       s.price_cents::bigint AS cents,
                       {YEAR_START.format("e.value_at")} AS year_start,
                       {YEAR_END.format("e.value_at")} AS year_end
                FROM finance_financeevent e
                JOIN collective_collectivebooking b ON b.id = e.collective_booking_id
                JOIN collective_collectivestock s ON s.id = b.stock_id
                WHERE e.status = 'READY' AND e.ordering_at < %(until)s
                ORDER BY e.id LIMIT {PAGE} FOR NO KEY UPDATE OF e
            ),
            already AS MATERIALIZED (
                SELECT y.pricing_point_id, y.year_start,
                       SUM(b.amount_cents::bigint * b.quantity) AS revenue
                FROM (SELECT DISTINCT pricing_point_id, year_start, year_end FROM ready) y
                JOIN finance_pricing p ON p.pricing_point_id = y.pricing_point_id
                    AND p.value_at >= y.year_start AND p.value_at < y.year_end
                    AND p.status NOT IN ('CANCELLED', 'REJECTED')
                JOIN bookings_booking b ON b.id = p.booking_id
                GROUP BY y.pricing_point_id, y.year_start
            ),
            written AS (
                INSERT INTO finance_pricing
                    (event_id, collective_booking_id, venue_id, pricing_point_id, value_at,
                     amount_cents, rule_code, revenue_cents, status, created_at)
                SELECT id, collective_booking_id, venue_id, pricing_point_id, value_at, -cents,
                       '{RULE}', COALESCE(a.revenue, 0), 'VALIDATED', %(now)s
                FROM ready LEFT JOIN already a USING (pricing_point_id, year_start) ORDER BY id
                RETURNING id, event_id, amount_cents
            ),
            lines AS (
                INSERT INTO finance_pricingline (pricing_id, category, amount_cents)
                SELECT w.id, part.category, part.cents
                FROM written w CROSS JOIN LATERAL (VALUES
                    ('OFFERER_REVENUE', w.amount_cents), ('OFFERER_CONTRIBUTION', 0)
                ) part (category, cents)
            )
            SELECT event_id FROM written
            """,  # noqa: S608 - constant text
            {"now": now, "until": now - DELAY},
        )
        event_ids = [row[0] for row in cursor.fetchall()]
    transitions.move_events(event_ids, EventStatus.PRICED)
    return len(event_ids)
