"""Notifications of the app, what is filed by itself or by hand, structures without offer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from bookings import pushes
from bookings.models import Booking
from bookings.services.archive import archive_ended
from bookings.services.remind import remind_without_offer
from bookings.services.withdraw import withdraw_stock
from passpro import jobs
from passpro.kernel import clock, outbox
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import OffererFactory, VenueFactory

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 6, 10, 0, 0, tzinfo=UTC)


def told():
    return list(
        OutboxMessage.objects.filter(kind="PUSH").order_by("pk").values_list("payload", flat=True)
    )


def at_hour(hour, department="29", **facts):
    venue = VenueFactory(department_code=department)
    stock = StockFactory(
        offer=OfferFactory(venue=venue, title=f"Concert {department}"),
        beginning_at=DAY + timedelta(hours=hour),
    )
    with clock.at(DAY - timedelta(days=9)):
        return BookingFactory(stock=stock, **facts)


def test_events_of_the_afternoon_are_told_in_the_morning_of_their_zone():
    """In June, Paris is two hours ahead of UTC, Martinique (972) four behind."""
    at_hour(18)
    at_hour(22, department="972")
    at_hour(10)  # noon in Paris: too early
    at_hour(18, cancelled=True)

    assert pushes.push_today(now=DAY + timedelta(hours=8, minutes=15)) == {"written": 1}
    assert pushes.push_today(now=DAY + timedelta(hours=9, minutes=15)) == {"written": 1}
    assert [push["text"] for push in told()] == ["« Concert 29 » commence à 20\xa0h."]
    pushes.push_today(now=DAY + timedelta(hours=14, minutes=15))
    assert [push["text"] for push in told()][1:] == ["« Concert 972 » commence à 18\xa0h."]
    outbox.sweep()
    assert set(OutboxMessage.objects.filter(kind="PUSH").values_list("state", flat=True)) == {
        "SENT"
    }


def test_an_uncollected_good_is_told_three_days_before_its_end():
    def book(days, **facts):
        with clock.at(DAY - timedelta(days=days) + timedelta(hours=10)):
            return BookingFactory(stock__undated=True, cancellation_limit_at=None, **facts)

    due = book(27, stock__offer__good=True)
    book(26, stock__offer__good=True)
    book(27, stock__offer__good=True, used=True)
    for _ in range(2):
        pushes.push_uncollected(now=DAY + timedelta(hours=12))
    assert [push["path"] for push in told()] == [f"/app/mes-reservations/{due.pk}"]


def test_a_venue_that_cancels_tells_the_app():
    event, good = BookingFactory(), BookingFactory(stock__undated=True, stock__offer__good=True)
    for booking in (event, good):
        withdraw_stock(stock=booking.stock, by=SYSTEM)
    assert [push["title"] for push in told()] == ["Réservation annulée", "Commande annulée"]


def test_codes_are_filed_after_thirty_days_or_by_hand(cast):
    client, booking = cast.client("beneficiary"), cast.booking
    stock = booking.stock
    stock.offer.__class__.objects.filter(pk=stock.offer_id).update(subcategory_id="CARTE_MUSEE")
    with clock.at(clock.now() - timedelta(days=31)):
        moment = clock.now()
    Booking.objects.filter(pk=booking.pk).update(
        amount_cents=0, booked_at=moment, status="USED", used_at=moment
    )
    ongoing, ended = (
        "/app/mes-reservations", "/app/mes-reservations?onglet=terminees",
    )  # fmt: skip
    link = f"/app/mes-reservations/{booking.pk}"
    assert link in client.get(ongoing).text

    assert archive_ended(now=clock.now()) == {"archived": 1}
    assert archive_ended(now=clock.now()) == {"archived": 0}
    assert link not in client.get(ongoing).text
    assert link in client.get(ended).text

    assert "Remettre dans mes réservations" in client.get(link).text
    client.post(f"{link}/rangement", {"terminee": "0"})
    assert link in client.get(ongoing).text
    client.post(f"{link}/rangement", {"terminee": "1"})
    assert link in client.get(ended).text


def test_structures_without_offer_are_written_to_twice():
    silent, busy = (
        OffererFactory(validated_at=DAY - timedelta(days=5) + timedelta(hours=9)) for _ in range(2)
    )
    VenueFactory(offerer=silent, booking_email="billets@silence.example")
    OfferFactory(venue=VenueFactory(offerer=busy, booking_email="billets@scene.example"))
    for days in (0, 1, 5):
        remind_without_offer(now=DAY + timedelta(days=days, hours=7))
    letters = OutboxMessage.objects.filter(event="bookings/without_offer").order_by("pk")
    assert [letter.recipient for letter in letters] == ["billets@silence.example"] * 2
    subjects = [outbox.content_of(letter)["subject"] for letter in letters]
    assert subjects == [
        "Votre première offre en quelques minutes",
        "Besoin d’aide pour votre première offre ?",
    ]
    assert "/offre/creation" in outbox.content_of(letters[0])["text"]


def test_hours_of_jobs_are_settings():
    planned = jobs._planned(jobs.JOBS, "expire_bookings=30 4 * * 1-5; remind_venues=0 7 * * *")
    when = {job.name: job.when for job in planned}
    assert (when["expire_bookings"].hour, when["expire_bookings"].minute) == ({4}, {30})
    assert when["auto_validate"] == {job.name: job.when for job in jobs.JOBS}["auto_validate"]
    for wrong in ("nothing=0 5 * * *", "expire_bookings=soon"):
        with pytest.raises(ImproperlyConfigured):
            jobs._planned(jobs.JOBS, wrong)
