"""A young person books in three steps, finds the countermark again, cancels in time."""

from datetime import timedelta

import pytest

from bookings.models import Booking
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chloe(cast):
    return cast.client("beneficiary")


def test_the_three_steps_lead_to_a_countermark(cast, chloe):
    offer = OfferFactory(venue=cast.venue, duo=True)
    stock = StockFactory(offer=offer, price_cents=12_50)
    other = StockFactory(
        offer=offer, price_cents=8_00, beginning_at=clock.now() + timedelta(days=9)
    )
    path = f"/app/offre/{offer.pk}/reserver"

    dates = chloe.get(path).text
    places = chloe.get(path, {"seance": stock.pk}).text
    recap = chloe.get(path, {"date": stock.pk, "places": 2}).text
    answer = chloe.post(path, {"date": stock.pk, "places": 2}, follow=True)

    assert str(other.pk) in dates
    assert "12,50" in places
    assert "25,00" in recap
    booking = Booking.objects.get(offer=offer)
    assert (booking.quantity, booking.beneficiary) == (2, cast.chloe)
    assert booking.countermark in answer.text
    assert "data:image/svg+xml" in answer.text


def test_a_refusal_keeps_the_recap_and_says_why(cast, chloe):
    stock = StockFactory(offer__venue=cast.venue, price_cents=300_00)
    BookingFactory(deposit=cast.deposit, stock=StockFactory(price_cents=10_00))

    answer = chloe.post(f"/app/offre/{stock.offer_id}/reserver", {"date": stock.pk, "places": 1})

    assert answer.status_code == 400
    assert "crédit" in answer.text
    assert stock.offer.title in answer.text
    assert not Booking.objects.filter(stock=stock).exists()


def test_a_date_that_filled_up_meanwhile_is_refused_in_words(cast, chloe):
    stock = StockFactory(offer__venue=cast.venue, quantity=1, booked_quantity=1)

    answer = chloe.post(f"/app/offre/{stock.offer_id}/reserver", {"date": stock.pk, "places": 1})

    assert answer.status_code == 400
    assert "réserv" in answer.text


def test_one_tariff_per_person_and_offer(cast, chloe):
    first = StockFactory(offer__venue=cast.venue)
    tariff = PriceCategoryFactory(offer=first.offer, label="Réduit", price_cents=500)
    second = StockFactory(offer=first.offer, price_category=tariff, price_cents=500)
    path = f"/app/offre/{first.offer_id}/reserver"
    chloe.post(path, {"date": first.pk, "places": 1})

    answer = chloe.post(path, {"date": second.pk, "places": 1})

    assert answer.status_code == 400
    assert Booking.objects.filter(offer=first.offer).count() == 1


def test_cancelling_in_time_asks_then_gives_the_credit_back(cast, chloe):
    booking = BookingFactory(
        deposit=cast.deposit,
        stock=StockFactory(offer__venue=cast.venue),
        cancellation_limit_at=clock.now() + timedelta(hours=1),
    )
    before = cast.deposit.spent_cents
    path = f"/app/mes-reservations/{booking.pk}/annuler"

    asked = chloe.get(path)
    done = chloe.post(path, follow=True)

    cast.deposit.refresh_from_db()
    assert "Annuler" in asked.text
    assert "annulée" in done.text
    assert cast.deposit.spent_cents == before - booking.total_cents


def test_past_the_limit_the_page_offers_no_cancellation_and_refuses_it(cast, chloe):
    booking = BookingFactory(deposit=cast.deposit, cancellation_limit_at=clock.now())

    page = chloe.get(f"/app/mes-reservations/{booking.pk}")
    answer = chloe.post(f"/app/mes-reservations/{booking.pk}/annuler")

    assert f"/app/mes-reservations/{booking.pk}/annuler" not in page.text
    assert answer.status_code == 409
    assert Booking.objects.get(pk=booking.pk).status == "CONFIRMED"


def test_somebody_elses_booking_does_not_exist(chloe):
    foreign = BookingFactory()

    assert chloe.get(f"/app/mes-reservations/{foreign.pk}").status_code == 404
    assert chloe.post(f"/app/mes-reservations/{foreign.pk}/annuler").status_code == 404


def test_the_credit_page_adds_up(cast, chloe):
    page = chloe.get("/app/credit").text

    left = cast.deposit.amount_cents - cast.deposit.spent_cents
    assert f"{left // 100}," in page


@pytest.mark.parametrize("rows", [1, 6])
def test_my_bookings_ask_the_same_number_of_queries(cast, rows, django_assert_max_num_queries):
    for _ in range(rows):
        BookingFactory(deposit=cast.deposit)
    client = cast.client("beneficiary")

    with django_assert_max_num_queries(7):
        client.get("/app/mes-reservations")


def test_an_event_goes_into_a_calendar_and_nobody_else_takes_it(cast):
    answer = cast.client("beneficiary").get(f"/app/mes-reservations/{cast.booking.pk}/agenda.ics")

    text = answer.text.replace("\r\n ", "")
    assert answer["Content-Type"].startswith("text/calendar")
    assert f"DTSTART:{cast.booking.stock.beginning_at:%Y%m%dT%H%M%SZ}" in text
    assert f"Contremarque : {cast.booking.countermark}" in text
    other = cast.client("member").get(f"/app/mes-reservations/{cast.booking.pk}/agenda.ics")
    assert other.status_code == 403
