"""I1: charts by Paris month, each with its table and its file, in a constant number of queries."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passpro.kernel import clock
from passpro.portal import statistics
from passpro.portal.scope import scope_of
from tests.bookings.factories import BookingFactory
from tests.collective.factories import CollectiveBookingFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import MembershipFactory, VenueFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 22, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def may():
    with clock.at(NOW):
        yield


@pytest.fixture
def member():
    return MembershipFactory()


@pytest.fixture
def stock(member):
    offer = OfferFactory(venue__offerer=member.offerer, title="Le Lac des cygnes")
    return StockFactory(offer=offer, quantity=None)


def shown(member, months=6):
    return {
        chart.code: {column.month: column.value for column in chart.columns if column.value}
        for chart in statistics.charts(
            scope_of(member.user), statistics.months_until(clock.today(), months)
        )
    }


def test_months_end_with_the_running_one_over_new_year():
    assert statistics.months_until(date(2026, 2, 28), 4) == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip


def test_bookings_count_in_the_paris_month_they_were_made_in(member, stock):
    late = datetime(2026, 4, 30, 22, 30, tzinfo=UTC)  # already May in Paris
    BookingFactory(stock=stock, booked_at=late)
    BookingFactory(stock=stock, booked_at=datetime(2026, 4, 2, tzinfo=UTC))
    BookingFactory(stock=stock, booked_at=NOW, cancelled=True)
    BookingFactory(stock=stock, booked_at=datetime(2025, 11, 30, 22, tzinfo=UTC))
    BookingFactory(booked_at=NOW)

    assert shown(member)["reservations"] == {date(2026, 4, 1): 1, date(2026, 5, 1): 1}


def test_revenue_is_that_of_validated_bookings(member, stock):
    BookingFactory(stock=stock, used=True, quantity=2)
    BookingFactory(stock=stock, reimbursed=True)
    BookingFactory(stock=stock)

    assert shown(member)["chiffre-d-affaires"] == {date(2026, 5, 1): 30_00}


def test_offers_count_when_they_are_published(member, stock):
    OfferFactory(venue=stock.offer.venue, draft=True)
    OfferFactory(venue=stock.offer.venue, publication_at=datetime(2026, 6, 1, tzinfo=UTC))

    assert shown(member)["offres"] == {date(2026, 5, 1): 1}


def test_the_page_shows_charts_tables_and_the_most_booked_offer(client, member, stock):
    BookingFactory(stock=stock, used=True)
    client.force_login(member.user)

    page = client.get("/statistiques").text

    assert page.count('role="img"') == 4
    assert page.count("<table") == 4
    assert "Le Lac des cygnes" in page
    assert "mai 2026" in page.lower()


def test_a_venue_and_a_period_are_chosen_in_the_address(client, member, stock):
    BookingFactory(stock=stock, booked_at=datetime(2025, 8, 2, tzinfo=UTC))
    other = VenueFactory(offerer=member.offerer, name="Petite salle")
    client.force_login(member.user)

    short = client.get("/statistiques?periode=6")
    year = client.get("/statistiques?periode=12")
    elsewhere = client.get(f"/statistiques?periode=12&lieu={other.pk}")
    odd = client.get("/statistiques?periode=9999&lieu=abc")

    totals = [answer.context["charts"].public[0].total for answer in (short, year, elsewhere, odd)]
    assert totals == [0, 1, 0, 1]
    assert "Rien à montrer" in elsewhere.text


def test_the_file_of_a_chart_opens_in_a_spreadsheet(client, member, stock):
    BookingFactory(stock=stock, used=True)
    client.force_login(member.user)

    answer = client.get("/statistiques/chiffre-d-affaires.csv?periode=6")

    assert answer["Content-Disposition"] == 'attachment; filename="chiffre-d-affaires.csv"'
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[0] == "Mois;Chiffre d’affaires validé (euros)"
    assert lines[-1] == "05/2026;10,00"
    assert len(lines) == 7


def test_a_newcomer_sees_an_empty_page(client):
    client.force_login(MembershipFactory().user)

    assert "Rien à montrer" in client.get("/statistiques").text


def test_volume_costs_no_more_queries(client, member, stock):
    BookingFactory(stock=stock)
    client.force_login(member.user)
    client.get("/statistiques")
    with CaptureQueriesContext(connection) as few:
        client.get("/statistiques")
    BookingFactory.create_batch(10, stock=stock)
    for venue in VenueFactory.create_batch(3, offerer=member.offerer):
        OfferFactory(venue=venue)

    with CaptureQueriesContext(connection) as many:
        client.get("/statistiques")

    assert len(many) == len(few)


def test_schools_are_counted_apart(client, member):
    venue = VenueFactory(offerer=member.offerer)
    used = {"confirmed": True, "status": "USED", "used_at": NOW}
    held = CollectiveBookingFactory(stock__offer__venue=venue, **used)
    CollectiveBookingFactory(**used)
    client.force_login(member.user)

    page = client.get("/statistiques")

    schools = {chart.code: chart.total for chart in page.context["charts"].schools}
    assert schools["reservations-scolaires"] == 1
    assert schools["chiffre-d-affaires-scolaire"] == held.stock.price_cents
    assert "Chiffre d’affaires scolaire" in page.text
    file = client.get("/statistiques/reservations-scolaires.csv?periode=24").text
    assert "Réservations scolaires (réservations)" in file
