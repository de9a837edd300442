"""What is released and bookable is the same in SQL and in Python (OFF-96, STK-60)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offers.enums import OfferValidation
from offers.models import Offer, PriceCategory, Stock
from tests.offers.factories import OfferFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
# Around the instant that decides, bounds included.
instants = st.sampled_from([timedelta(hours=hours) for hours in (-48, -1, 0, 1, 48)]).map(
    lambda delta: NOW + delta
)
quantities = st.one_of(st.none(), st.integers(0, 2))


@st.composite
def stocks(draw):
    begins = draw(st.one_of(st.none(), instants))
    limit = draw(st.one_of(st.none(), instants))
    quantity = draw(quantities)
    return {
        "beginning_at": begins,
        "booking_limit_at": min(limit, begins) if limit and begins else limit,
        "quantity": quantity,
        "booked_quantity": draw(st.integers(0, 2 if quantity is None else quantity)),
        "deleted_at": draw(st.sampled_from([None, None, NOW])),
    }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    facts=st.fixed_dictionaries(
        {
            "validation": st.sampled_from(OfferValidation),
            "is_active": st.booleans(),
            "publication_at": instants,
        }
    ),
    rows=st.lists(stocks(), max_size=3),
)
def test_sql_and_python_agree(facts, rows):
    if facts["validation"] != OfferValidation.APPROVED:
        facts["is_active"] = False
    offer = OfferFactory(validated_at=NOW, **facts)
    price = PriceCategory.objects.create(offer=offer, label="Plein", price_cents=0)
    for row in rows:
        Stock.objects.create(
            offer=offer,
            price_cents=0,
            price_category=price if row["beginning_at"] else None,
            **row,
        )

    released = Offer.objects.released(NOW).filter(pk=offer.pk).exists()
    assert released == offer.is_released(NOW)
    bookable = set(offer.stocks.bookable(NOW))
    assert bookable == {stock for stock in offer.stocks.all() if stock.is_bookable(NOW)}
