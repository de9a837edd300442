"""Home of the cultural staff: its own dates and bookings, in a constant number of queries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passpro.kernel import clock
from passpro.portal import dashboard
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory
from tests.venues.factories import MembershipFactory, OffererFactory, VenueFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def member():
    return MembershipFactory()


@pytest.fixture
def venue(member):
    return VenueFactory(offerer=member.offerer)


def date_of(offer, *, at=None, **facts):
    at = at or clock.now() + timedelta(days=3)
    return StockFactory(offer=offer, beginning_at=at, booking_limit_at=at, **facts)


def test_price_categories_of_one_date_are_one_line(member, venue):
    offer = OfferFactory(venue=venue)
    at = clock.now() + timedelta(days=2)
    date_of(offer, at=at, quantity=10, booked_quantity=4)
    cheap = PriceCategoryFactory(offer=offer, label="Réduit", price_cents=500)
    date_of(offer, at=at, price_category=cheap, quantity=5, booked_quantity=1)

    (event,) = dashboard.next_events(member.user, now=clock.now())

    assert (event.booked, event.total) == (5, 15)


def test_one_unlimited_price_makes_the_date_unlimited(member, venue):
    date_of(OfferFactory(venue=venue), quantity=None)

    (event,) = dashboard.next_events(member.user, now=clock.now())

    assert event.total is None


def test_past_deleted_draft_and_foreign_dates_are_left_out(member, venue):
    now = clock.now()
    date_of(OfferFactory(venue=venue), at=now - timedelta(hours=1))
    date_of(OfferFactory(venue=venue), deleted_at=now)
    date_of(OfferFactory(venue=venue, draft=True))
    date_of(OfferFactory())

    assert dashboard.next_events(member.user, now=now) == []


def test_who_is_expected_today_stops_at_midnight_in_paris(member, venue):
    with clock.at(NOON):
        tonight = datetime(2026, 5, 22, 21, 30, tzinfo=UTC)
        tomorrow = tonight + timedelta(hours=1)
        date_of(OfferFactory(venue=venue), at=tonight, quantity=50, booked_quantity=12)
        date_of(OfferFactory(venue=venue), at=tomorrow, quantity=50, booked_quantity=30)

        assert dashboard.expected_today(member.user, now=NOON) == 12


def test_the_month_counts_bookings_by_paris_day(member, venue):
    with clock.at(NOON):
        stock = date_of(OfferFactory(venue=venue), quantity=None)
        late = datetime(2026, 5, 20, 22, 30, tzinfo=UTC)  # already the 21st in Paris
        BookingFactory(stock=stock, booked_at=late)
        BookingFactory(stock=stock, booked_at=NOON, used=True)
        BookingFactory(stock=stock, booked_at=NOON, cancelled=True)
        BookingFactory(stock=stock, booked_at=NOON - timedelta(days=40))
        BookingFactory(booked_at=NOON)

        month = dashboard.last_month(member.user, now=NOON)

    assert (month.bookings, month.validated, month.cancelled) == (3, 1, 1)
    assert month.before == 1
    assert month.change_percent is None
    assert len(month.bars) == 30
    assert [bar.bookings for bar in month.bars[-2:]] == [1, 2]
    assert month.best.day == NOON.date()


def test_a_newcomer_is_told_what_to_do_first(client):
    client.force_login(UserFactory())

    page = client.get("/accueil").content.decode()

    assert "0 sur" in page
    assert "Aucune date à venir" in page


def test_an_unchecked_structure_says_that_it_waits(client):
    member = MembershipFactory(offerer=OffererFactory(new=True, name="Le Phare"))
    client.force_login(member.user)

    page = client.get("/accueil").content.decode()

    assert "en cours de vérification" in page
    assert "Le Phare" in page


def test_the_page_asks_as_many_questions_for_one_booking_as_for_twenty(
    client, member, venue, django_assert_num_queries
):
    client.force_login(member.user)
    stock = date_of(OfferFactory(venue=venue), quantity=None)
    BookingFactory(stock=stock)

    with CaptureQueriesContext(connection) as one:
        client.get("/accueil")
    for _ in range(4):
        date_of(OfferFactory(venue=venue))
    BookingFactory.create_batch(15, stock=stock)

    with django_assert_num_queries(len(one)):
        client.get("/accueil")
