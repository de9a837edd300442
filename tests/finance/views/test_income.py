"""« Revenus »: received and still to come, by Paris year, for the person's own venues."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from finance.income import YearlyIncome, yearly_income
from finance.services.price_events import collect_and_price
from passpro.kernel import clock
from tests.finance.factories import make_invoice, paid_venue, used_booking
from venues.models import Venue

URL = "/remboursements/revenus"
NOW = datetime.fromisoformat("2026-05-20T09:00+02:00")
NEW_YEAR_EVE = datetime.fromisoformat("2025-12-31T23:30+00:00")  # 2026 in Paris
LAST_YEAR = datetime.fromisoformat("2025-12-31T22:30+00:00")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_may() -> Any:
    with clock.at(NOW):
        yield


def test_each_paris_year_has_its_line(cast: Any) -> None:
    paid_venue(cast.venue)
    paid_venue(cast.other_venue)
    for used_at, cents in ((NEW_YEAR_EVE, 10_00), (LAST_YEAR, 7_00)):
        used_booking(venue=cast.venue, used_at=used_at, cents=cents)
    used_booking(venue=cast.other_venue, used_at=LAST_YEAR, cents=99_00)
    make_invoice(cast.venue, now=NOW, cents=20_50)
    used_booking(venue=cast.venue, used_at=NOW - timedelta(days=1), cents=5_00)
    collect_and_price(now=NOW)

    assert yearly_income(Venue.objects.filter(pk=cast.venue.pk)) == [
        YearlyIncome(2026, 30_50, 0, 2, 5_00, 1),
        YearlyIncome(2025, 7_00, 0, 1, 0, 0),
    ]
    page = cast.client("member").get(URL).text
    for text in ("2026", "30,50", "35,50", "7,00"):
        assert text in page
    assert "99,00" not in page


def test_a_venue_is_chosen_among_ones_own(cast: Any) -> None:
    make_invoice(cast.venue, now=NOW, cents=20_50)
    alice = cast.client("member")

    assert "20,50" in alice.get(URL, {"lieu": cast.venue.pk}).text
    assert alice.get(URL, {"lieu": cast.other_venue.pk}).status_code == 400


def test_before_the_first_use_the_page_says_so(cast: Any) -> None:
    assert "Pas encore de revenu" in cast.client("member").get(URL).text
