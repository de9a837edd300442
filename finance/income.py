"""« Revenus »: what a year brought and will bring, by kind of offer (portal.md H4); reads only."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from venues.models import Venue


@dataclass(frozen=True, slots=True)
class YearlyIncome:
    """Cents, positive = received. `expected_cents` is validated and not on a justificatif yet.

    Years are Paris years of the use; incidents count with the kind of their booking, in the year
    of their decision. Counts are of bookings, incidents are none.
    """

    year: int
    individual_cents: int
    collective_cents: int
    paid_count: int
    expected_cents: int
    expected_count: int

    @property
    def total_cents(self) -> int:
        return self.individual_cents + self.collective_cents

    @property
    def forecast_cents(self) -> int:
        return self.total_cents + self.expected_cents


def yearly_income(venues: QuerySet[Venue]) -> list[YearlyIncome]:
    """One line a year, newest first; one statement over the pricings of these venues."""
    ids = list(venues.order_by().values_list("pk", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT date_part('year', p.value_at AT TIME ZONE 'Europe/Paris')::int AS year,
                   COALESCE(-SUM(p.amount_cents) FILTER (
                       WHERE p.status = 'INVOICED' AND NOT school.is_it), 0)::bigint,
                   COALESCE(-SUM(p.amount_cents) FILTER (
                       WHERE p.status = 'INVOICED' AND school.is_it), 0)::bigint,
                   COUNT(*) FILTER (WHERE p.status = 'INVOICED' AND e.incident_item_id IS NULL),
                   COALESCE(-SUM(p.amount_cents) FILTER (
                       WHERE p.status <> 'INVOICED'), 0)::bigint,
                   COUNT(*) FILTER (WHERE p.status <> 'INVOICED' AND e.incident_item_id IS NULL)
            FROM finance_pricing p
            JOIN finance_financeevent e ON e.id = p.event_id
            LEFT JOIN finance_bookingfinanceincident item ON item.id = e.incident_item_id
            CROSS JOIN LATERAL (SELECT COALESCE(
                p.collective_booking_id, item.collective_booking_id) IS NOT NULL) school (is_it)
            WHERE p.venue_id = ANY(%s) AND p.status IN ('VALIDATED', 'PROCESSED', 'INVOICED')
            GROUP BY 1 ORDER BY 1 DESC
            """,
            [ids],
        )
        return [YearlyIncome(*row) for row in cursor.fetchall()]
