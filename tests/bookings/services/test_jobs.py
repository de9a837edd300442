"""Auto-validation and expiry: who is due, to the minute, and what a killed run leaves behind."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import inconsistencies
from bookings.enums import BookingStatus
from bookings.models import BookingTransition
from bookings.services import after_event, expire
from bookings.services.after_event import auto_validate
from passpro.kernel import clock
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, StockFactory

NOW = datetime(2026, 4, 12, 5, 0, tzinfo=UTC)


def booked(moment, *, beginning=None, **facts):
    with clock.at(moment):
        if beginning is None:
            return BookingFactory(stock__undated=True, cancellation_limit_at=None, **facts)
        return BookingFactory(stock=StockFactory(beginning_at=beginning), **facts)


def states(*bookings):
    for booking in bookings:
        booking.refresh_from_db()
    return [booking.status for booking in bookings]


def test_an_event_is_validated_once_it_began_more_than_72_hours_ago(db):
    due = booked(NOW - timedelta(days=9), beginning=NOW - timedelta(hours=72, minutes=1))
    early = booked(NOW - timedelta(days=9), beginning=NOW - timedelta(hours=72))
    good = booked(NOW - timedelta(days=9))

    outcome = auto_validate(now=NOW)

    assert outcome == {"validated": 1}
    assert states(due, early, good) == ["USED", "CONFIRMED", "CONFIRMED"]
    assert (due.used_at, due.validated_by) == (NOW, "AUTO")
    assert due.transitions.get().actor_kind == "JOB"


def test_a_run_killed_between_two_pages_is_finished_by_the_next(db, monkeypatch):
    monkeypatch.setattr(after_event, "VALIDATION_PAGE", 2)
    bookings = [
        booked(NOW - timedelta(days=9), beginning=NOW - timedelta(days=4)) for _ in range(5)
    ]
    whole_page, pages = after_event._validate_page, []

    def killed(now):
        if pages:
            raise KeyboardInterrupt
        pages.append(1)
        return whole_page(now)

    monkeypatch.setattr(after_event, "_validate_page", killed)
    with pytest.raises(KeyboardInterrupt):
        auto_validate(now=NOW)
    assert states(*bookings).count(BookingStatus.USED) == 2
    monkeypatch.setattr(after_event, "_validate_page", whole_page)

    assert auto_validate(now=NOW) == {"validated": 3}
    assert auto_validate(now=NOW) == {"validated": 0}

    assert states(*bookings) == ["USED"] * 5
    assert BookingTransition.objects.filter(after="USED").count() == 5


def test_books_wait_seven_days_other_goods_thirty_events_for_ever(db):
    with clock.at(NOW - timedelta(days=8)):
        paper = BookingFactory(
            stock=StockFactory(undated=True, offer=OfferFactory(book=True)),
            cancellation_limit_at=None,
        )
    disc_young = booked(NOW - timedelta(days=29))
    disc_old = booked(NOW - timedelta(days=31))
    event = booked(NOW - timedelta(days=60), beginning=NOW + timedelta(days=3))

    outcome = expire.expire(now=NOW)

    assert outcome == {"expired": 2}
    assert states(paper, disc_young, disc_old, event) == [
        "CANCELLED", "CONFIRMED", "CANCELLED", "CONFIRMED",
    ]  # fmt: skip
    assert paper.cancellation_reason == "EXPIRED"


def test_expiry_gives_places_and_credit_back_and_tells_both_sides_once(db):
    booking = booked(NOW - timedelta(days=40))

    expire.expire(now=NOW)
    expire.expire(now=NOW)

    booking.stock.refresh_from_db()
    booking.deposit.refresh_from_db()
    assert (booking.stock.booked_quantity, booking.deposit.spent_cents) == (0, 0)
    assert OutboxMessage.objects.filter(recipient=booking.beneficiary.email).count() == 1
    assert OutboxMessage.objects.filter(recipient=booking.offer.notification_email).count() == 1
    assert not any(inconsistencies.control(now=NOW).values())


def test_an_expiry_killed_before_its_e_mails_writes_them_at_the_next_run(db, monkeypatch):
    booked(NOW - timedelta(days=40))
    write = expire._queue_emails

    def killed(now):
        raise KeyboardInterrupt

    monkeypatch.setattr(expire, "_queue_emails", killed)
    with pytest.raises(KeyboardInterrupt):
        expire.expire(now=NOW)
    assert not OutboxMessage.objects.exists()
    monkeypatch.setattr(expire, "_queue_emails", write)

    expire.expire(now=NOW + timedelta(minutes=5))

    assert OutboxMessage.objects.count() == 2


def test_the_nightly_control_finds_a_counter_that_drifted(db, caplog):
    booking = BookingFactory()
    booking.stock.booked_quantity = 5
    booking.stock.save()

    counts = inconsistencies.control(now=NOW)

    assert counts["stocks_with_wrong_counter"] == 1
    assert "rows to repair" in caplog.text
