"""What one more booking would bring to a venue, with its revenue and its custom rules."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from finance.models import CustomRule, VenuePricingPointLink
from finance.services.dependents import YEAR_END, YEAR_START
from finance.simulation import Case, Outcome, simulate
from passpro.kernel import clock
from venues.models import Venue


@dataclass(frozen=True, slots=True)
class Simulated:
    """`pricing_point` is None when the venue has none yet: the revenue is then what was typed."""

    outcome: Outcome
    revenue_before_cents: int
    pricing_point: Venue | None


def simulate_at(
    *,
    subcategory_id: str,
    unit_cents: int,
    quantity: int = 1,
    venue: Venue | None = None,
    revenue_before_cents: int | None = None,
    used_at: datetime | None = None,
    is_collective: bool = False,
) -> Simulated:
    """Simulate a booking used then (default: now); a venue brings its own revenue unless one is
    given, its custom rules always. Reads only."""
    used_at = used_at or clock.now()
    point = _pricing_point(venue, used_at) if venue else None
    revenue = revenue_before_cents
    if revenue is None:
        revenue = yearly_revenue(point.pk, used_at=used_at) if point else 0
    case = Case(
        subcategory_id=subcategory_id,
        unit_cents=unit_cents,
        quantity=quantity,
        used_at=used_at,
        is_collective=is_collective,
        revenue_before_cents=revenue,
        custom=tuple(rule.as_terms() for rule in _rules(venue, point)) if venue else (),
    )
    return Simulated(simulate(case), revenue, point)


def _pricing_point(venue: Venue, used_at: datetime) -> Venue | None:
    link = VenuePricingPointLink.objects.filter(venue=venue, is_withdrawn=False).at(used_at)
    found = link.select_related("pricing_point").first()
    if found is not None:
        point: Venue = found.pricing_point
        return point
    return venue if venue.siret else None


def _rules(venue: Venue, point: Venue | None) -> list[CustomRule]:
    places = Q(offerer=venue.offerer_id)
    if point is not None:
        places |= Q(venue=point)
    return list(CustomRule.objects.filter(places).order_by("pk"))


def yearly_revenue(pricing_point_id: int, *, used_at: datetime) -> int:
    """§5: full price of the individual bookings priced in the Paris year of this use, in cents."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT COALESCE(SUM(b.amount_cents::bigint * b.quantity), 0)::bigint
            FROM finance_pricing p JOIN bookings_booking b ON b.id = p.booking_id
            WHERE p.pricing_point_id = %(point)s AND p.status NOT IN ('CANCELLED', 'REJECTED')
              AND p.value_at >= {YEAR_START.format("%(at)s::timestamptz")}
              AND p.value_at < {YEAR_END.format("%(at)s::timestamptz")}
            """,  # noqa: S608 - constant text
            {"point": pricing_point_id, "at": used_at},
        )
        return int(cursor.fetchone()[0])
