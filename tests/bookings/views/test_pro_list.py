"""« Réservations »: filters, statuses in words, hidden codes, a constant number of queries."""

from datetime import timedelta

import pytest

from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


def of_theatre(cast, **facts):
    return BookingFactory(stock=StockFactory(offer__venue=cast.venue), **facts)


def listed(cast, **query):
    return cast.client("member").get("/reservations", query)


def test_a_filtered_list_shows_its_bookings_and_only_those_of_the_structure(cast):
    mine, foreign = of_theatre(cast, used=True), BookingFactory(used=True)

    page = listed(cast, statut="USED").text

    assert mine.countermark in page
    assert foreign.countermark not in page
    assert cast.booking.countermark not in page


def test_an_uncollected_good_hides_its_code_until_it_is_validated(cast):
    good = BookingFactory(
        stock=StockFactory(undated=True, offer__venue=cast.venue, offer__good=True),
        cancellation_limit_at=None,
    )

    assert good.countermark not in listed(cast, offre=good.offer_id).text


def test_a_booking_past_its_limit_reads_confirmed(cast):
    booking = of_theatre(cast, cancellation_limit_at=clock.now() - timedelta(minutes=1))

    assert "Confirmée" in listed(cast, offre=booking.offer_id).text


def test_a_search_without_result_says_so(cast):
    answer = listed(cast, q="introuvable")

    assert answer.status_code == 200
    assert "introuvable" in answer.text


def test_a_wrong_date_is_named_and_nothing_breaks(cast):
    answer = listed(cast, du="32/13/2026")

    assert answer.status_code in {200, 400}
    assert "32/13/2026" in answer.text


def test_twenty_lines_ask_as_many_queries_as_one(cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = cast.client("member")
    client.get("/reservations")
    with CaptureQueriesContext(connection) as one:
        client.get("/reservations")
    for _ in range(19):
        of_theatre(cast)

    with django_assert_num_queries(len(one)):
        client.get("/reservations")
