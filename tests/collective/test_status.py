"""§3.1: the state shown is the same in Python and in SQL, and follows the table."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from collective.enums import BookingStatus, CancellationReason, DisplayStatus
from collective.lifecycle import ALLOWED, allowed_actions
from collective.models import CollectiveBooking, CollectiveOffer
from passpro.kernel import clock
from tests.collective.factories import (
    NOW,
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveStockFactory,
)

HOURS = st.sampled_from([-100, -49, -48, -47, -1, 0, 1, 30, 800])


class SameAnswerTests(TestCase):
    """Hypothesis needs a class to roll back between examples."""

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        start=HOURS,
        length=st.sampled_from([0, 2, 60]),
        limit_before=st.sampled_from([0, 1, 40]),
        validation=st.sampled_from(["DRAFT", "PENDING", "APPROVED", "APPROVED", "REJECTED"]),
        is_active=st.booleans(),
        is_archived=st.sampled_from([False, False, True]),
        first=st.sampled_from(["", "CANCELLED", "EXPIRED"]),
        last=st.sampled_from(["", *BookingStatus.values, "EXPIRED"]),
    )
    def test_python_and_sql_agree(
        self, start, length, limit_before, validation, is_active, is_archived, first, last
    ):
        with clock.at(NOW):
            is_active = is_active and validation == "APPROVED" and not is_archived
            offer = CollectiveOfferFactory(
                validation=validation,
                is_active=is_active,
                archived_at=NOW if is_archived else None,
            )
            starts_at = NOW + timedelta(hours=start)
            stock = CollectiveStockFactory(
                offer=offer,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=length),
                booking_limit_at=starts_at - timedelta(hours=limit_before),
            )
            for number, state in enumerate(filter(None, [first, last])):
                _booking(stock, state, NOW - timedelta(days=5 - number))

        read = CollectiveOffer.objects.with_display_status(NOW).get(pk=offer.pk)
        assert read.display_status == read.display_status_at(NOW)
        # Every state has its actions, whatever the clock says.
        assert allowed_actions(read.display_status, read.stock, NOW) >= ALLOWED[read.display_status]


def _booking(stock, state, at):
    """As jobs and services leave them, written directly."""
    reason = {"CANCELLED": CancellationReason.OFFERER, "EXPIRED": CancellationReason.EXPIRED}
    if state in reason:
        return CollectiveBookingFactory(
            stock=stock, status="CANCELLED", cancelled_at=at, created_at=at,
            cancellation_reason=reason[state],
        )  # fmt: skip
    if state == "PENDING":
        return CollectiveBookingFactory(stock=stock, created_at=at)
    facts = {"USED": {"used_at": at}, "REIMBURSED": {"used_at": at, "reimbursed_at": at}}
    return CollectiveBookingFactory(
        stock=stock, confirmed=True, created_at=at, **{**facts.get(state, {}), "status": state}
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limit", "start", "shown"),
    [
        (timedelta(), timedelta(days=1), DisplayStatus.EXPIRED),
        (timedelta(seconds=1), timedelta(days=1), DisplayStatus.PUBLISHED),
        (timedelta(), timedelta(), DisplayStatus.CANCELLED),
    ],
)
def test_the_limit_itself_is_too_late(limit, start, shown):
    with clock.at(NOW):
        stock = CollectiveStockFactory(starts_at=NOW + start, booking_limit_at=NOW + limit)

    assert stock.offer.display_status_at(NOW) == shown
    is_bookable = CollectiveOffer.objects.bookable(NOW).filter(pk=stock.offer_id).exists()
    assert is_bookable == (shown == DisplayStatus.PUBLISHED)


@pytest.mark.django_db
def test_a_place_has_one_live_booking_only():
    from django.db import IntegrityError, transaction

    with clock.at(NOW):
        booking = CollectiveBookingFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            CollectiveBookingFactory(stock=booking.stock, institution=booking.institution)
    assert CollectiveBooking.objects.count() == 1
