"""The computed state of an offer: Python and SQL always say the same (§2.9)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offers.enums import DisplayStatus, OfferValidation
from offers.models import Offer, Stock
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
# Before, exactly now, after: the instants where a rule may be off by one.
MOMENTS = [NOW - timedelta(days=1), NOW, NOW + timedelta(seconds=1), NOW + timedelta(days=9)]

states = st.sampled_from(OfferValidation)
moments = st.sampled_from(MOMENTS)
stocks = st.lists(
    st.fixed_dictionaries(
        {
            "beginning_at": st.none() | moments,
            "limit": st.none() | moments,
            "quantity": st.none() | st.integers(0, 2),
            "booked_quantity": st.integers(0, 2),
            "is_deleted": st.booleans(),
        }
    ),
    max_size=3,
)


def write(offer, facts):
    """A stock that the constraints accept: limit not after the beginning, never oversold."""
    limit, beginning = facts["limit"], facts["beginning_at"]
    if beginning and limit:
        limit = min(limit, beginning)
    quantity, booked = facts["quantity"], facts["booked_quantity"]
    dated = {} if beginning else {"price_category": None}
    StockFactory(
        offer=offer,
        beginning_at=beginning,
        booking_limit_at=limit,
        quantity=quantity,
        booked_quantity=booked if quantity is None else min(booked, quantity),
        deleted_at=NOW if facts["is_deleted"] else None,
        **dated,
    )


class Undo(Exception):
    """Leave no row behind between two examples."""


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(validation=states, is_active=st.booleans(), published=moments, lines=stocks)
def test_python_and_sql_give_the_same_status(validation, is_active, published, lines):
    try:
        with transaction.atomic():
            offer = OfferFactory(
                validation=validation,
                is_active=is_active and validation == OfferValidation.APPROVED,
                publication_at=published,
                validated_at=NOW,
            )
            for number, facts in enumerate(lines):
                # One price per line, so that no pair (label, price) comes twice.
                write(offer, facts)
                offer.price_categories.filter(label="Plein tarif").update(label=f"Tarif {number}")

            in_sql = Offer.objects.with_display_status(NOW).get(pk=offer.pk).display_status

            assert offer.display_status_from(Stock.objects.filter(offer=offer), NOW) == in_sql
            # The list's filter finds it there, and nowhere else.
            assert [
                state for state in DisplayStatus if Offer.objects.shown_as(state, NOW).exists()
            ] == [in_sql]
            raise Undo
    except Undo:
        pass


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=stocks, is_active=st.booleans(), published=moments)
def test_python_and_sql_agree_on_what_is_bookable(lines, is_active, published):
    try:
        with transaction.atomic():
            offer = OfferFactory(is_active=is_active, publication_at=published)
            for number, facts in enumerate(lines):
                write(offer, facts)
                offer.price_categories.filter(label="Plein tarif").update(label=f"Tarif {number}")
            rows = list(Stock.objects.filter(offer=offer))

            expected = offer.is_released(NOW) and any(stock.is_bookable(NOW) for stock in rows)

            assert Offer.objects.bookable(NOW).exists() == expected
            raise Undo
    except Undo:
        pass


@pytest.mark.parametrize(
    ("offer", "stock", "status"),
    [
        ({"validation": "REJECTED", "is_active": False}, {}, DisplayStatus.REJECTED),
        ({"validation": "PENDING", "is_active": False}, {}, DisplayStatus.PENDING),
        ({"draft": True}, {}, DisplayStatus.DRAFT),
        ({"is_active": False}, {}, DisplayStatus.INACTIVE),
        ({"publication_at": NOW + timedelta(days=1)}, {}, DisplayStatus.SCHEDULED),
        ({}, {"booking_limit_at": NOW}, DisplayStatus.EXPIRED),
        ({}, {"booked_quantity": 10}, DisplayStatus.SOLD_OUT),
        ({}, None, DisplayStatus.SOLD_OUT),
        ({}, {"deleted_at": NOW}, DisplayStatus.SOLD_OUT),
        ({}, {}, DisplayStatus.ACTIVE),
    ],
)
def test_the_first_matching_line_wins(offer, stock, status):
    made = OfferFactory(**{"publication_at": NOW - timedelta(days=30), **offer})
    if stock is not None:
        dates = {"beginning_at": NOW + timedelta(days=9), **stock}
        StockFactory(offer=made, **dates)

    assert Offer.objects.with_display_status(NOW).get().display_status == status
