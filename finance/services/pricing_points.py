"""Which venue's yearly revenue sets the rate (§3)."""

from datetime import datetime

from django.db import connection, transaction


@transaction.atomic
def ensure_own_pricing_points(*, offerer_id: int | None = None) -> int:
    """§3.2: a venue with SIRET is its own pricing point from its creation; answers how many.

    Set-based and lazy, as venues does not know finance. A venue whose earlier link was closed
    starts where that one ended. Running it again writes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO finance_venuepricingpointlink (venue_id, pricing_point_id, started_at)
            SELECT v.id, v.id, GREATEST(v.created_at, max(l.ended_at))
            FROM venues_venue v
            LEFT JOIN finance_venuepricingpointlink l ON l.venue_id = v.id
            WHERE v.siret IS NOT NULL
              AND (%(offerer)s::bigint IS NULL OR v.offerer_id = %(offerer)s)
            GROUP BY v.id
            HAVING NOT COALESCE(bool_or(l.ended_at IS NULL AND l.id IS NOT NULL), false)
            ON CONFLICT DO NOTHING
            """,
            {"offerer": offerer_id},
        )
        return int(cursor.rowcount)


# §3.6: the link active at the use date, else the later one that is still open.
# {venue} and {moment} are SQL expressions of the query around it.
LINK_OF_BOOKING = """
    LEFT JOIN LATERAL (
        SELECT l.pricing_point_id, l.started_at
        FROM finance_venuepricingpointlink l
        WHERE l.venue_id = {venue}
          AND ((l.started_at <= {moment} AND (l.ended_at IS NULL OR l.ended_at > {moment}))
            OR (l.started_at > {moment} AND l.ended_at IS NULL))
        ORDER BY l.started_at LIMIT 1
    ) link ON true
"""


def current_pricing_points(venue_ids: list[int], *, now: datetime) -> set[int]:
    """Ids of the venues that have a pricing point now."""
    from finance.models import VenuePricingPointLink

    return set(
        VenuePricingPointLink.objects.at(now)
        .filter(venue__in=venue_ids)
        .values_list("venue_id", flat=True)
    )
