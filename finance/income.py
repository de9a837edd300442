"""« Revenus »: what a year brought and will bring, by kind of offer (portal.md H4); reads only."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from venues.models import Venue


@dataclass(frozen=True, slots=True)
class YearlyIncome:
    """Cents, positive = received. `expected_cents` is validated and not on a justificatif yet.

    Years are Paris years of the use. Collective bookings are not reimbursed here yet: individual
    ones are the whole.
    """

    year: int
    individual_cents: int
    individual_count: int
    expected_cents: int
    expected_count: int

    @property
    def forecast_cents(self) -> int:
        return self.individual_cents + self.expected_cents


def yearly_income(venues: QuerySet[Venue]) -> list[YearlyIncome]:
    """One line a year, newest first; one statement over the pricings of these venues."""
    ids = list(venues.order_by().values_list("pk", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT date_part('year', value_at AT TIME ZONE 'Europe/Paris')::int AS year,
                   COALESCE(-SUM(amount_cents) FILTER (WHERE status = 'INVOICED'), 0)::bigint,
                   COUNT(*) FILTER (WHERE status = 'INVOICED'),
                   COALESCE(-SUM(amount_cents) FILTER (WHERE status <> 'INVOICED'), 0)::bigint,
                   COUNT(*) FILTER (WHERE status <> 'INVOICED')
            FROM finance_pricing
            WHERE venue_id = ANY(%s) AND status IN ('VALIDATED', 'PROCESSED', 'INVOICED')
            GROUP BY 1 ORDER BY 1 DESC
            """,
            [ids],
        )
        return [YearlyIncome(*row) for row in cursor.fetchall()]
