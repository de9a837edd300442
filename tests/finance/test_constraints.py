"""What the database itself refuses (§1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from finance.models import (
    BankAccountStatusHistory,
    FinanceEvent,
    Pricing,
    PricingLine,
    ReferenceScheme,
    VenueBankAccountLink,
    VenuePricingPointLink,
)
from finance.services.price_events import collect_and_price
from passpro.kernel.actor import SYSTEM
from tests.finance.factories import (
    LONG_AGO,
    BankAccountFactory,
    link_account,
    mark_used,
    price_point,
    used_booking,
)
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 10, tzinfo=UTC)


@pytest.fixture
def pricing() -> Pricing:
    venue = VenueFactory()
    price_point(venue)
    used_booking(venue=venue, used_at=NOW)
    collect_and_price(now=NOW + timedelta(hours=1))
    return Pricing.objects.get()


def refused(name: str, change: Any) -> None:
    def change_and_check() -> None:
        with transaction.atomic():
            change()
            connection.check_constraints()

    with pytest.raises(IntegrityError, match=name):
        change_and_check()


def test_periods_of_one_venue_never_overlap() -> None:
    venue = VenueFactory()
    first = link_account(venue, BankAccountFactory(offerer=venue.offerer))
    other = BankAccountFactory(offerer=venue.offerer)

    refused("venue_bank_link_no_overlap", lambda: link_account(venue, other, NOW))

    VenueBankAccountLink.objects.filter(pk=first.pk).update(ended_at=NOW)
    assert link_account(venue, other, NOW).pk
    refused(
        "venue_bank_link_ends_after_start",
        lambda: VenueBankAccountLink.objects.filter(pk=first.pk).update(
            ended_at=first.started_at - timedelta(seconds=1)
        ),
    )


def test_pricing_points_and_account_states_never_overlap_either() -> None:
    venue = VenueFactory()
    price_point(venue)
    account = BankAccountFactory()

    refused("venue_pricing_point_no_overlap", lambda: price_point(venue, since=NOW))
    refused(
        "bank_account_status_no_overlap",
        lambda: BankAccountStatusHistory.objects.create(
            bank_account=account, status="REFUSED", started_at=NOW, **SYSTEM.as_columns()
        ),
    )
    assert VenuePricingPointLink.objects.at(LONG_AGO).count() == 1


def test_a_pricing_is_the_sum_of_its_lines(pricing: Pricing) -> None:
    line = pricing.lines.first()

    def wrong_line() -> None:
        PricingLine.objects.filter(pk=line.pk).update(amount_cents=-1)

    def wrong_amount() -> None:
        Pricing.objects.filter(pk=pricing.pk).update(amount_cents=-1)

    def missing_line() -> None:
        PricingLine.objects.filter(pk=line.pk, amount_cents__lt=0).delete()

    def one_more() -> None:
        PricingLine.objects.create(pricing=pricing, category="COMMERCIAL_GESTURE", amount_cents=-5)

    for change in (wrong_line, wrong_amount, missing_line, one_more):
        refused("do not add up", change)


def test_one_live_event_and_one_live_pricing_per_booking(pricing: Pricing) -> None:
    def second_event() -> None:
        booking = pricing.booking
        mark_used(booking, NOW + timedelta(minutes=1))
        FinanceEvent.objects.create(
            transition=booking.transitions.last(),
            booking=booking,
            venue=pricing.venue,
            motive="BOOKING_USED",
            status="PENDING",
            value_at=NOW,
        )

    def second_pricing() -> None:
        pricing.pk = None
        pricing.save(force_insert=True)

    refused("finance_event_one_live_per_booking", second_event)
    refused("pricing_one_live_per_", second_pricing)


@pytest.mark.parametrize(
    "change",
    [
        {"pricing_point": None},
        {"ordering_at": None},
        {"status": "PENDING"},
    ],
)
def test_the_state_of_an_event_tells_which_columns_it_has(pricing: Pricing, change: dict) -> None:
    refused(
        "finance_event_pricing_point_matches_status",
        lambda: FinanceEvent.objects.update(**change),
    )


def test_accounts_have_a_plausible_iban_and_bic() -> None:
    account = BankAccountFactory()
    for name, change in (
        ("bank_account_bic_shape", {"bic": "AGRI"}),
        ("bank_account_decided_at_matches_status", {"decided_at": None}),
    ):
        refused(name, lambda change=change: type(account).objects.update(**change))


def test_counters_are_unique_per_year() -> None:
    ReferenceScheme.objects.create(name="invoice", prefix="F", year=2026)

    refused(
        "reference_one_per_year",
        lambda: ReferenceScheme.objects.create(name="invoice", prefix="G", year=2026),
    )
