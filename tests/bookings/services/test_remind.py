"""Who is reminded, and on which day."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.services.remind import remind_expiry, remind_tomorrow, remind_venues
from passpro.kernel import clock
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def recipients():
    return set(OutboxMessage.objects.values_list("recipient", flat=True))


def test_only_places_of_tomorrow_that_are_held_and_not_on_line(django_assert_max_num_queries):
    def held(hours, **facts):
        stock = {name: facts.pop(name) for name in list(facts) if name.startswith("offer__")}
        begins = NOON + timedelta(hours=hours)
        return BookingFactory(stock=StockFactory(beginning_at=begins, **stock), **facts)

    with clock.at(NOON - timedelta(days=20)):
        first, last = held(14), held(37)
        held(13)  # 23:00 tonight
        held(38)  # the day after tomorrow at 00:00
        held(20, cancelled=True)
        held(20, offer__url="https://example.org")

    assert remind_tomorrow(now=NOON) == {"written": 2}
    assert recipients() == {first.beneficiary.email, last.beneficiary.email}


@pytest.mark.parametrize(
    ("code", "day"), [("LIVRE_PAPIER", 2), ("SUPPORT_PHYSIQUE_MUSIQUE_CD", 23)]
)
def test_the_day_of_the_reminder_is_counted_back_from_the_expiry(code, day):
    with clock.at(NOON):
        stock = StockFactory(undated=True, offer__subcategory_id=code)
        booking = BookingFactory(stock=stock, cancellation_limit_at=None)
        BookingFactory(stock=stock, cancellation_limit_at=None, used=True)

    assert remind_expiry(now=NOON + timedelta(days=day - 1)) == {"written": 0}
    assert remind_expiry(now=NOON + timedelta(days=day)) == {"written": 1}
    assert recipients() == {booking.beneficiary.email}


def test_a_morning_without_scheduler_is_caught_up_once():
    with clock.at(NOON):
        BookingFactory(
            stock=StockFactory(undated=True, offer__subcategory_id="LIVRE_PAPIER"),
            cancellation_limit_at=None,
        )

    for days in (3, 4):
        remind_expiry(now=NOON + timedelta(days=days))

    assert "Plus que 4 jours" in _subject(OutboxMessage.objects.get())


def test_a_venue_hears_once_of_a_date_whatever_its_prices():
    with clock.at(NOON):
        begins = NOON + timedelta(days=7)
        full = StockFactory(beginning_at=begins, offer__notification_email="")
        reduced = StockFactory(
            offer=full.offer, beginning_at=begins, price_category__label="Réduit"
        )
        StockFactory(beginning_at=begins)
        for stock in (full, reduced):
            BookingFactory(stock=stock)

    assert remind_venues(now=NOON) == {"written": 1}
    message = OutboxMessage.objects.get()
    assert message.recipient == full.offer.venue.booking_email
    assert "2 places réservées" in _subject(message)


def _subject(message):
    from passpro.kernel.outbox import content_of

    return content_of(message)["subject"]
