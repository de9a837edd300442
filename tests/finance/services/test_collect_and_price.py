"""From transitions to pricings: order, revenue, years, undo, late arrivals, repeats."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.models import Booking
from finance.enums import EventStatus, LineCategory, PricingStatus
from finance.models import FinanceEvent, Pricing, PricingLog, VenuePricingPointLink
from finance.rates import reimbursed_cents, standard_rule
from finance.services.collect_events import collect_events
from finance.services.price_events import collect_and_price, price_events
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.finance.factories import mark_unused, mark_used, price_point, used_booking
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 5, 10, 10, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)


def old_venue(**facts: Any) -> Any:
    with clock.at(datetime(2020, 1, 1, tzinfo=UTC)):
        return VenueFactory(**facts)


@pytest.fixture
def venue() -> Any:
    return old_venue()


def priced() -> list[tuple[int, str, int]]:
    rows = Pricing.objects.live().order_by("event__ordering_at", "event_id")
    return [(p.revenue_cents, p.rule_code, -p.amount_cents) for p in rows]


def test_a_used_booking_becomes_one_event_and_one_pricing_with_two_lines(venue: Any) -> None:
    booking = used_booking(venue=venue, used_at=DAY, cents=1_250, quantity=2)

    counts = collect_and_price(now=NOW)

    assert counts["used"] == counts["priced"] == 1
    event = FinanceEvent.objects.get()
    assert (event.booking_id, event.venue, event.pricing_point) == (booking.pk, venue, venue)
    assert (event.status, event.value_at, event.ordering_at) == ("PRICED", DAY, DAY)
    pricing = Pricing.objects.get()
    assert (pricing.amount_cents, pricing.revenue_cents) == (-2_500, 2_500)
    assert dict(pricing.lines.values_list("category", "amount_cents")) == {
        LineCategory.OFFERER_REVENUE: -2_500,
        LineCategory.OFFERER_CONTRIBUTION: 0,
    }


def test_running_again_changes_nothing(venue: Any) -> None:
    for day in range(3):
        used_booking(venue=venue, used_at=DAY + timedelta(days=day), cents=900_000)
    collect_and_price(now=NOW)
    before = list(Pricing.objects.values())

    counts = collect_and_price(now=NOW)

    assert not any(counts.values())
    assert list(Pricing.objects.values()) == before


def test_a_venue_with_siret_points_to_itself_since_its_creation(venue: Any) -> None:
    collect_events(now=NOW)

    link = VenuePricingPointLink.objects.get()
    assert (link.venue, link.pricing_point, link.started_at) == (venue, venue, venue.created_at)


def test_without_pricing_point_the_event_waits_until_one_is_chosen(venue: Any) -> None:
    bare = old_venue(offerer=venue.offerer, siret=None, comment="Hors les murs")
    used_booking(venue=bare, used_at=DAY)
    collect_and_price(now=NOW)
    assert FinanceEvent.objects.get().status == EventStatus.PENDING

    linked_at = DAY + timedelta(days=2)
    price_point(bare, venue, since=linked_at)
    counts = collect_and_price(now=NOW)

    assert counts["now_ready"] == counts["priced"] == 1
    event = FinanceEvent.objects.get()
    assert (event.pricing_point, event.ordering_at) == (venue, linked_at)
    assert Pricing.objects.get().venue == bare


def test_the_link_active_at_the_use_date_counts(venue: Any) -> None:
    other = old_venue(offerer=venue.offerer)
    bare = old_venue(offerer=venue.offerer, siret=None, comment="Hors les murs")
    old = price_point(bare, other)
    old.ended_at = DAY + timedelta(days=1)
    old.save()
    price_point(bare, venue, since=old.ended_at)
    used_booking(venue=bare, used_at=DAY)

    collect_events(now=NOW)

    assert FinanceEvent.objects.get().pricing_point == other


def test_an_event_booked_early_is_ordered_and_priced_at_its_start(venue: Any) -> None:
    start = DAY + timedelta(days=5)
    used_booking(venue=venue, used_at=DAY, beginning_at=start)

    assert collect_and_price(now=start)["priced"] == 0
    assert FinanceEvent.objects.get().ordering_at == start
    assert collect_and_price(now=start + timedelta(minutes=2))["priced"] == 1


def test_slow_transactions_get_one_minute_to_land(venue: Any) -> None:
    used_booking(venue=venue, used_at=DAY)

    assert collect_and_price(now=DAY + timedelta(seconds=60))["priced"] == 0
    assert collect_and_price(now=DAY + timedelta(seconds=61))["priced"] == 1


def test_revenue_grows_in_order_and_gives_one_rate_to_the_whole_booking(venue: Any) -> None:
    for day, cents in enumerate([19_950_00, 60_00, 19_980_00, 15_00]):
        used_booking(
            venue=venue, used_at=DAY + timedelta(days=day), cents=cents, subcategory="CONCERT"
        )

    collect_and_price(now=NOW)

    assert priced() == [
        (19_950_00, "STANDARD_100", 19_950_00),
        (20_010_00, "STANDARD_95", 57_00),
        (39_990_00, "STANDARD_95", 18_981_00),
        (40_005_00, "STANDARD_92", 13_80),
    ]


def test_every_family_counts_in_revenue_at_full_price(venue: Any) -> None:
    used_booking(venue=venue, used_at=DAY, cents=20_000_00, subcategory="VOD")
    used_booking(
        venue=venue, used_at=DAY + timedelta(hours=1), cents=18_55, subcategory="LIVRE_PAPIER"
    )

    collect_and_price(now=NOW)

    assert priced() == [(20_000_00, "NOT_REIMBURSED", 0), (20_018_55, "BOOK_95", 17_62)]


def test_pricing_points_do_not_mix(venue: Any) -> None:
    other = old_venue(offerer=venue.offerer)
    used_booking(venue=venue, used_at=DAY, cents=30_000_00)
    used_booking(venue=other, used_at=DAY + timedelta(hours=1), cents=10_00)

    collect_and_price(now=NOW)

    assert priced()[1] == (10_00, "STANDARD_100", 10_00)


@pytest.mark.parametrize(
    ("used_at", "expected_revenue"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, 999999, tzinfo=UTC), 30_000_00 + 100_00),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), 100_00),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 100_00),
    ],
)
def test_the_year_is_the_paris_year_of_the_use(
    venue: Any, used_at: datetime, expected_revenue: int
) -> None:
    used_booking(venue=venue, used_at=DAY, cents=30_000_00)
    used_booking(venue=venue, used_at=used_at, cents=100_00)

    collect_and_price(now=datetime(2027, 1, 2, tzinfo=UTC))

    assert priced()[1][0] == expected_revenue


def test_a_january_concert_used_in_december_counts_in_december(venue: Any) -> None:
    december = datetime(2026, 12, 20, tzinfo=UTC)
    used_booking(venue=venue, used_at=DAY, cents=30_000_00)
    used_booking(
        venue=venue,
        used_at=december,
        beginning_at=datetime(2027, 1, 10, 20, tzinfo=UTC),
        cents=100_00,
    )

    collect_and_price(now=datetime(2027, 1, 11, tzinfo=UTC))

    assert priced()[1] == (30_100_00, "STANDARD_95", 95_00)


def test_a_late_event_is_priced_first_and_drags_its_followers(venue: Any) -> None:
    later = used_booking(venue=venue, used_at=DAY + timedelta(days=1), cents=100_00)
    collect_and_price(now=NOW)
    assert priced() == [(100_00, "STANDARD_100", 100_00)]

    early = used_booking(venue=venue, used_at=DAY, cents=19_950_00)
    counts = collect_and_price(now=NOW)

    assert counts["repriced"] == 1
    assert list(
        Pricing.objects.order_by("event__ordering_at").values_list("booking_id", flat=True)
    ) == [early.pk, later.pk]
    assert priced() == [(19_950_00, "STANDARD_100", 19_950_00), (20_050_00, "STANDARD_95", 95_00)]


def test_a_late_event_before_money_on_its_way_blocks_its_pricing_point(
    venue: Any, settings: Any
) -> None:
    used_booking(venue=venue, used_at=DAY + timedelta(days=1))
    collect_and_price(now=NOW)
    Pricing.objects.update(status=PricingStatus.PROCESSED)
    used_booking(venue=venue, used_at=DAY)

    counts = collect_and_price(now=NOW)

    assert (counts["blocked"], counts["priced"]) == (1, 0)
    assert Pricing.objects.count() == 1

    settings.FINANCE_KEEP_FROZEN_POINTS = [venue.pk]
    assert price_events(now=NOW)["priced"] == 1


def test_undoing_a_use_cancels_its_pricing_and_prices_followers_again(venue: Any) -> None:
    first = used_booking(venue=venue, used_at=DAY, cents=19_950_00)
    used_booking(venue=venue, used_at=DAY + timedelta(days=1), cents=100_00)
    collect_and_price(now=NOW)
    assert priced()[1][1] == "STANDARD_95"

    mark_unused(first, DAY + timedelta(days=2))
    counts = collect_and_price(now=NOW)

    assert counts["undone"] == 1
    assert priced() == [(100_00, "STANDARD_100", 100_00)]
    cancelled = Pricing.objects.get(status=PricingStatus.CANCELLED)
    log = PricingLog.objects.get(pricing=cancelled)
    assert (log.before, log.after, log.reason) == ("VALIDATED", "CANCELLED", "MARKED_UNUSED")
    assert sorted(first.finance_events.values_list("motive", "status")) == [
        ("BOOKING_UNUSED", "NOT_TO_BE_PRICED"),
        ("BOOKING_USED", "CANCELLED"),
    ]


def test_a_use_undone_before_collection_leaves_only_traces(venue: Any) -> None:
    booking = used_booking(venue=venue, used_at=DAY)
    mark_unused(booking, DAY + timedelta(minutes=5), to="CANCELLED")

    collect_and_price(now=NOW)

    assert not Pricing.objects.exists()
    assert sorted(booking.finance_events.values_list("motive", "status")) == [
        ("BOOKING_CANCELLED_AFTER_USE", "NOT_TO_BE_PRICED"),
        ("BOOKING_USED", "CANCELLED"),
    ]


@pytest.mark.parametrize("collect_between", [True, False])
def test_used_undone_and_used_again_is_paid_once(venue: Any, collect_between: bool) -> None:
    booking = used_booking(venue=venue, used_at=DAY)
    if collect_between:
        collect_and_price(now=NOW)
    mark_unused(booking, DAY + timedelta(minutes=5))
    if collect_between:
        collect_and_price(now=NOW)
    again = DAY + timedelta(minutes=10)
    mark_used(booking, again)

    collect_and_price(now=NOW)

    pricing = Pricing.objects.live().get()
    assert pricing.value_at == again
    assert booking.finance_events.live().count() == 1


def test_used_after_cancellation_has_its_own_motive(venue: Any) -> None:
    booking = BookingFactory(cancelled=True, stock__undated=True, stock__offer__venue=venue)
    mark_used(booking, DAY)

    collect_and_price(now=NOW)

    assert FinanceEvent.objects.get().motive == "BOOKING_USED_AFTER_CANCELLATION"
    assert Pricing.objects.count() == 1


def test_a_date_that_moves_changes_the_order(venue: Any) -> None:
    a = used_booking(
        venue=venue, used_at=DAY, beginning_at=DAY + timedelta(days=1), cents=19_950_00
    )
    used_booking(venue=venue, used_at=DAY, beginning_at=DAY + timedelta(days=2), cents=100_00)
    collect_and_price(now=NOW)
    assert [row[1] for row in priced()] == ["STANDARD_100", "STANDARD_95"]

    a.stock.beginning_at = a.stock.booking_limit_at = DAY + timedelta(days=3)
    a.stock.save()
    counts = collect_and_price(now=NOW)

    assert counts["moved_dates"] == 1
    assert priced() == [(100_00, "STANDARD_100", 100_00), (20_050_00, "STANDARD_95", 18_952_50)]


def test_a_free_booking_gets_a_pricing_of_zero(venue: Any) -> None:
    used_booking(venue=venue, used_at=DAY, cents=0)

    collect_and_price(now=NOW)

    assert priced() == [(0, "STANDARD_100", 0)]
    assert Pricing.objects.get().lines.count() == 2


def test_one_failing_pricing_point_does_not_stop_the_others(
    venue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = old_venue(offerer=venue.offerer)
    used_booking(venue=venue, used_at=DAY)
    used_booking(venue=other, used_at=DAY)
    from finance.services import price_events as module

    real = module._write_pricings

    def breaking(points: list[int], now: datetime) -> list[int]:
        if venue.pk in points:
            raise RuntimeError("boom")
        return real(points, now)

    monkeypatch.setattr(module, "_write_pricings", breaking)
    counts = collect_and_price(now=NOW)

    assert (counts["priced"], counts["failed"]) == (1, 1)
    assert Pricing.objects.get().venue == other


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 500),
            st.integers(0, 900_000),
            st.sampled_from(["CONCERT", "LIVRE_PAPIER", "VOD"]),
            st.booleans(),
        ),
        min_size=1,
        max_size=7,
    )
)
def test_whatever_the_arrival_order_the_result_is_that_of_one_ordered_run(
    venue: Any, steps: list[tuple[int, int, str, bool]]
) -> None:
    """Events arrive in any order, in several runs: same pricings as the rule applied by hand."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    bookings: list[Booking] = []
    for hours, cents, code, run_now in steps:
        bookings.append(
            used_booking(
                venue=venue, used_at=start + timedelta(hours=hours), cents=cents, subcategory=code
            )
        )
        if run_now:
            collect_and_price(now=NOW)
    collect_and_price(now=NOW)

    revenue = 0
    expected = {}
    events = {e.booking_id: e for e in FinanceEvent.objects.all()}
    for booking in sorted(bookings, key=lambda b: (b.used_at, events[b.pk].pk)):
        revenue += booking.total_cents
        rule = standard_rule(
            family=booking.offer.subcategory.reimbursement_family,
            revenue_cents=revenue,
            used_at=booking.used_at,
            total_cents=booking.total_cents,
        )
        paid = reimbursed_cents(booking.total_cents, rule.rate)
        expected[booking.pk] = (revenue, rule.code, -paid)
    found = {
        p.booking_id: (p.revenue_cents, p.rule_code, p.amount_cents)
        for p in Pricing.objects.live().filter(booking__in=bookings)
    }
    assert found == expected
    # The next example starts afresh.
    Pricing.objects.all().delete()
    FinanceEvent.objects.all().delete()
    for booking in bookings:
        booking.transitions.all().delete()
        booking.delete()
