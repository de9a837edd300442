"""Price used bookings, in order, per pricing point (§4, §5, §6); set-based."""

import logging
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from finance import transitions
from finance.enums import EventStatus
from finance.rates import families_as_sql, rules_as_sql
from finance.services.collect_events import collect_under_lock
from finance.services.collective import price_collective
from finance.services.dependents import YEAR_END, YEAR_START, reset_after
from finance.services.locks import lock_pricing_points, money_run
from finance.services.price_incidents import price_incidents
from passpro.kernel.db import refresh_statistics

logger = logging.getLogger(__name__)

# §4.2-1: nothing older is ours to price; slow transactions get a minute to land.
FIRST_INSTANT = datetime(2021, 12, 31, 23, 0, tzinfo=UTC)
DELAY = timedelta(minutes=1)
POINTS_PER_TRANSACTION = 100
# Written by one run, these make the planner's figures of the tables wrong for the next step.
MANY = 5_000

# §7.2: of the offer, else of the pricing point, else of the structure; the use date decides.
CUSTOM_RULE = """
    LEFT JOIN LATERAL (
        SELECT r.id, r.rate, r.amount_cents::bigint
        FROM finance_customrule r
        WHERE r.started_at <= e.value_at AND (r.ended_at IS NULL OR r.ended_at > e.value_at)
          AND (r.offer_id = o.id
               OR ((r.venue_id = e.pricing_point_id OR r.offerer_id = b.offerer_id)
                   AND (r.subcategories = '{}' OR o.subcategory_id = ANY(r.subcategories))))
        ORDER BY r.offer_id IS NULL, r.venue_id IS NULL, r.id LIMIT 1
    ) custom ON true
"""


def collect_and_price(*, now: datetime) -> dict[str, int]:
    """The job of every ten minutes: collect events, then price them."""
    with money_run():
        return {**collect_under_lock(now=now), **price_under_lock(now=now)}


def price_events(*, now: datetime) -> dict[str, int]:
    """Price every READY event up to now − 1 minute; raises MoneyRunBusy when a run is going."""
    with money_run():
        return price_under_lock(now=now)


def price_under_lock(*, now: datetime) -> dict[str, int]:
    """`price_events` for callers that already hold the money run.

    A failing pricing point is logged and skipped, as its order must hold; the others go on.
    """
    counts = {"priced": 0, "repriced": 0, "blocked": 0, "failed": 0}
    counts["incidents"] = price_incidents(now=now)
    counts["school"] = price_collective(now=now)
    points = _points_to_price(now)
    for start in range(0, len(points), POINTS_PER_TRANSACTION):
        chunk = points[start : start + POINTS_PER_TRANSACTION]
        try:
            _add(counts, _price_points(chunk, now))
        except Exception:
            for point in chunk:  # find the one that fails, price the others
                try:
                    _add(counts, _price_points([point], now))
                except Exception:
                    counts["failed"] += 1
                    logger.exception(
                        "A pricing point could not be priced.", extra={"pricing_point": point}
                    )
    if counts["priced"] >= MANY:
        refresh_statistics("finance_pricing", "finance_pricingline", "finance_financeevent")
    return counts


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for name, number in more.items():
        counts[name] += number


def _points_to_price(now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT pricing_point_id FROM finance_financeevent
            WHERE status = 'READY' AND incident_item_id IS NULL
              AND ordering_at >= %s AND ordering_at < %s
            ORDER BY pricing_point_id
            """,
            [FIRST_INSTANT, now - DELAY],
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def _price_points(points: list[int], now: datetime) -> dict[str, int]:
    """Lock, drop what should have come after, write pricings and lines, mark the events."""
    lock_pricing_points(points)
    repriced, blocked = reset_after(_first_ready(points, now), skip_frozen=False)
    points = [point for point in points if point not in blocked]
    event_ids = _write_pricings(points, now)
    transitions.move_events(event_ids, EventStatus.PRICED)
    return {
        "priced": len(event_ids) - repriced,
        "repriced": repriced,
        "blocked": len(blocked),
    }


def _first_ready(points: list[int], now: datetime) -> list[int]:
    """The first READY event of each pricing point and Paris year."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT ON (pricing_point_id, {YEAR_START.format("value_at")}) id
            FROM finance_financeevent
            WHERE status = 'READY' AND incident_item_id IS NULL AND pricing_point_id = ANY(%s)
              AND ordering_at >= %s AND ordering_at < %s
            ORDER BY pricing_point_id, {YEAR_START.format("value_at")}, ordering_at, id
            """,  # noqa: S608 - constant text
            [points, FIRST_INSTANT, now - DELAY],
        )
        return [row[0] for row in cursor.fetchall()]


def _write_pricings(points: list[int], now: datetime) -> list[int]:
    """Insert pricings and lines of the READY events of these points; answers their event ids.

    Revenue = what is already priced in the Paris year of the use + a running total in
    (ordering date, id) order, this booking included (§5.1). Integers only: half up is
    (total × basis points + 5 000) / 10 000.
    """
    rules, rule_params = rules_as_sql()
    families, family_params = families_as_sql()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE TEMP TABLE finance_priced ON COMMIT DROP AS
            WITH rule (code, family, rate_bp, above, up_to, from_at, before_at, position)
                AS ({rules}),
            catalogue (subcategory_id, family) AS ({families}),
            ready AS (
                SELECT e.id, e.booking_id, e.venue_id, e.pricing_point_id, e.value_at,
                       e.ordering_at, b.amount_cents::bigint * b.quantity AS total, b.quantity,
                       c.family, custom.id AS custom_id, custom.rate AS custom_rate,
                       custom.amount_cents AS custom_amount,
                       {YEAR_START.format("e.value_at")} AS year_start,
                       {YEAR_END.format("e.value_at")} AS year_end
                FROM finance_financeevent e
                JOIN bookings_booking b ON b.id = e.booking_id
                JOIN offers_offer o ON o.id = b.offer_id
                JOIN catalogue c ON c.subcategory_id = o.subcategory_id
                {CUSTOM_RULE}
                WHERE e.status = 'READY' AND e.pricing_point_id = ANY(%s)
                  AND e.ordering_at >= %s AND e.ordering_at < %s
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
            running AS (
                SELECT r.*, COALESCE(a.revenue, 0) + SUM(r.total) OVER (
                    PARTITION BY r.pricing_point_id, r.year_start ORDER BY r.ordering_at, r.id
                ) AS revenue
                FROM ready r LEFT JOIN already a USING (pricing_point_id, year_start)
            ),
            chosen AS (
                SELECT r.*, COALESCE(best.code, '') AS code, COALESCE(
                    best.reimbursed, r.custom_amount * r.quantity,
                    (r.total * (r.custom_rate * 10000)::bigint + 5000) / 10000) AS reimbursed
                FROM running r
                LEFT JOIN LATERAL (
                    SELECT rule.code,
                           (r.total * rule.rate_bp + 5000) / 10000 AS reimbursed
                    FROM rule
                    WHERE r.custom_id IS NULL AND rule.family = r.family
                      AND r.revenue > rule.above
                      AND (rule.up_to IS NULL OR r.revenue <= rule.up_to)
                      AND r.value_at >= rule.from_at AND r.value_at < rule.before_at
                    ORDER BY 2, rule.position LIMIT 1
                ) best ON true
            )
            SELECT * FROM chosen
            """,  # noqa: S608 - constant text
            [*rule_params, *family_params, points, FIRST_INSTANT, now - DELAY],
        )
        # Rows of a fresh table are unknown to the planner: without this the lines below are
        # joined row by row.
        cursor.execute("CREATE UNIQUE INDEX ON finance_priced (id)")
        cursor.execute("ANALYZE finance_priced")
        cursor.execute(
            """
            WITH written AS (
                INSERT INTO finance_pricing
                    (event_id, booking_id, venue_id, pricing_point_id, value_at, amount_cents,
                     rule_code, custom_rule_id, revenue_cents, status, created_at)
                SELECT id, booking_id, venue_id, pricing_point_id, value_at, -reimbursed, code,
                       custom_id, revenue, 'VALIDATED', %s
                FROM finance_priced ORDER BY ordering_at, id
                RETURNING id, event_id, amount_cents
            ),
            lines AS (
                INSERT INTO finance_pricingline (pricing_id, category, amount_cents)
                SELECT w.id, part.category, part.cents
                FROM written w JOIN finance_priced c ON c.id = w.event_id
                CROSS JOIN LATERAL (VALUES
                    ('OFFERER_REVENUE', -c.total),
                    ('OFFERER_CONTRIBUTION', w.amount_cents + c.total)
                ) part (category, cents)
            )
            SELECT event_id FROM written
            """,
            [now],
        )
        event_ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE finance_priced")
    return event_ids
