"""Dependent pricings: those that come after an event in the order of its pricing point (§4.3)."""

import logging

from django.conf import settings
from django.db import connection

from finance import transitions
from finance.enums import FROZEN_PRICING_STATUSES, EventStatus

logger = logging.getLogger(__name__)

# First instant of the Paris year of a moment, and of the next one: revenue is yearly (§5.2).
YEAR_START = "(date_trunc('year', {0} AT TIME ZONE 'Europe/Paris') AT TIME ZONE 'Europe/Paris')"
YEAR_END = (
    "((date_trunc('year', {0} AT TIME ZONE 'Europe/Paris') + interval '1 year')"
    " AT TIME ZONE 'Europe/Paris')"
)


def reset_after(
    event_ids: list[int], *, skip_frozen: bool, with_themselves: bool = False
) -> tuple[int, set[int]]:
    """Delete the pricings that follow the events; their events become READY again.

    Answers (how many were deleted, pricing points blocked by money already on its way). Blocked
    ones are left as they are, unless `skip_frozen` or the settings list says to keep the frozen
    pricings and go on. Those of incidents and of school bookings stay: no revenue changes them.
    The caller holds the locks of the pricing points.
    """
    if not event_ids:
        return 0, set()
    comparison = ">=" if with_themselves else ">"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH first AS (
                SELECT DISTINCT ON (pricing_point_id, {YEAR_START.format("value_at")})
                       pricing_point_id, ordering_at, id,
                       {YEAR_START.format("value_at")} AS year_start,
                       {YEAR_END.format("value_at")} AS year_end
                FROM finance_financeevent WHERE id = ANY(%s)
                ORDER BY pricing_point_id, {YEAR_START.format("value_at")}, ordering_at, id
            )
            SELECT p.id, p.event_id, p.pricing_point_id, p.status
            FROM first f
            JOIN finance_pricing p ON p.pricing_point_id = f.pricing_point_id
                AND p.value_at >= f.year_start AND p.value_at < f.year_end
                AND p.status <> 'CANCELLED'
            JOIN finance_financeevent e ON e.id = p.event_id AND e.booking_id IS NOT NULL
                AND (e.ordering_at, e.id) {comparison} (f.ordering_at, f.id)
            """,  # noqa: S608 - constant text
            [event_ids],
        )
        rows = cursor.fetchall()
    frozen_points = {point for _, _, point, status in rows if status in FROZEN_PRICING_STATUSES}
    kept = set() if skip_frozen else frozen_points - set(settings.FINANCE_KEEP_FROZEN_POINTS)
    if frozen_points:
        logger.warning(
            "Pricings already in a batch follow an earlier event.",
            extra={"pricing_points": sorted(frozen_points), "blocked": sorted(kept)},
        )
    reset = [
        (pricing, event)
        for pricing, event, point, status in rows
        if status not in FROZEN_PRICING_STATUSES and point not in kept
    ]
    delete_pricings([pricing for pricing, _ in reset])
    transitions.move_events([event for _, event in reset], EventStatus.READY)
    return len(reset), kept


def delete_pricings(pricing_ids: list[int]) -> None:
    """With their lines and log; the caller answers for their events."""
    with connection.cursor() as cursor:
        for table in ("finance_pricingline", "finance_pricinglog"):
            cursor.execute(f"DELETE FROM {table} WHERE pricing_id = ANY(%s)", [pricing_ids])  # noqa: S608
        cursor.execute("DELETE FROM finance_pricing WHERE id = ANY(%s)", [pricing_ids])
