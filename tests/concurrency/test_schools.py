"""Several people at once, with real commits: two heads on one budget, two teachers on one place."""

import pytest

from collective.models import CollectiveBooking
from collective.models.schools import start_year_of
from collective.services import book
from passpro.kernel.actor import Actor
from tests.collective.factories import (
    BudgetFactory,
    CollectiveBookingFactory,
    CollectiveStockFactory,
    InstitutionFactory,
    SchoolYearFactory,
)
from tests.concurrency.test_bookings import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_heads_confirming_at_once_never_overspend():
    school = InstitutionFactory()
    stocks = CollectiveStockFactory.create_batch(8, offer__institution=school)
    year = SchoolYearFactory(start_year=start_year_of(stocks[0].starts_at))
    bookings = [CollectiveBookingFactory(stock=stock, year=year) for stock in stocks]
    # 80 % of 800 € is 640 €: three bookings of 200 €, not four.
    budget = BudgetFactory(institution=school, year=year, amount_cents=800_00, is_final=False)

    outcomes = all_at_once(
        [lambda pk=one.pk: book.confirm(booking_id=pk, by=Actor.school("Chef")) for one in bookings]
    )

    assert outcomes == {"done": 3, "INSUFFICIENT_FUND_DEPOSIT_NOT_FINAL": 5}
    spent = CollectiveBooking.objects.counted().filter(budget=budget).total_cents()
    assert spent == 600_00


def test_teachers_at_once_on_the_one_place():
    stock = CollectiveStockFactory()
    SchoolYearFactory(start_year=start_year_of(stock.starts_at))
    people = [
        book.Visitor(
            email=f"enseignant{n}@ac.example",
            uai=stock.offer.institution.uai,
            first_name="Claire",
            last_name="Vidal",
            may_prebook=True,
        )
        for n in range(6)
    ]

    outcomes = all_at_once(
        [lambda one=one: book.prebook(offer_id=stock.offer_id, visitor=one) for one in people]
    )

    assert outcomes == {"done": 1, "EDUCATIONAL_STOCK_NOT_BOOKABLE": 5}
