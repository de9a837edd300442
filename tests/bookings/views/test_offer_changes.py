"""« Reporter » and « Annuler l’offre »: what happens is said before it happens."""

from datetime import timedelta

import pytest

from bookings.models import Booking
from offers.dates import local_parts
from offers.models import Offer, Stock
from passpro.kernel import clock
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(cast):
    offer = OfferFactory(venue=cast.venue, title="Hamlet")
    return BookingFactory(stock=StockFactory(offer=offer, price_cents=12_00))


def typed(moment, zone, **more):
    day, hour = local_parts(moment, zone)
    return {"date": f"{day:%Y-%m-%d}", "hour": f"{hour:%H:%M}", **more}


def test_a_date_moves_only_once_confirmed(cast, booking):
    alice, stock = cast.client("member"), booking.stock
    zone = stock.offer.time_zone
    url = f"/offre/date/{stock.pk}/report"
    new = clock.now().replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=20)

    same = alice.post(url, typed(stock.beginning_at, zone))
    past = alice.post(url, typed(clock.now() - timedelta(days=1), zone))
    assert (same.status_code, past.status_code) == (400, 400)
    assert "doivent être à venir" in past.text

    asked = alice.post(url, typed(new, zone))
    assert "1 réservation" in asked.text
    assert Stock.objects.get(pk=stock.pk).beginning_at == stock.beginning_at

    done = alice.post(url, typed(new, zone, confirm="1"), follow=True)
    assert "1 bénéficiaire prévenu" in done.text
    moved = Stock.objects.get(pk=stock.pk)
    assert (moved.beginning_at, moved.booking_limit_at) == (new, new)
    assert Booking.objects.get(pk=booking.pk).cancellation_limit_at > clock.now()


def test_an_offer_is_cancelled_after_its_bookings_and_euros_were_said(cast, booking):
    alice = cast.client("member")
    url = f"/offre/{booking.offer_id}/annulation"

    asked = alice.get(url).text
    assert "1 réservation" in asked
    assert "12,00" in asked
    assert Booking.objects.get(pk=booking.pk).status == "CONFIRMED"

    done = alice.post(url, follow=True)
    assert "« Hamlet » est annulée" in done.text.replace("\u00a0", " ")
    assert Booking.objects.get(pk=booking.pk).status == "CANCELLED"
    assert not Offer.objects.get(pk=booking.offer_id).is_active


def test_people_are_told_of_a_new_withdrawal_when_the_venue_wants(cast, booking):
    alice, offer = cast.client("member"), booking.offer
    Offer.objects.filter(pk=offer.pk).update(
        subcategory_id="CONCERT",
        extra_data={"musicType": "501", "musicSubType": "503"},
        withdrawal_type="no_ticket",
        withdrawal_details="Entrée par le quai.",
        booking_contact="billetterie@example.org",
    )
    typed = {
        "title": "Hamlet",
        "music": "501:503",
        "withdrawal_type": "no_ticket",
        "withdrawal_details": "Entrée par la rue du Port.",
        "booking_contact": "billetterie@example.org",
        "accessibility": ["none"],
    }

    saved = alice.post(f"/offre/{offer.pk}/details", typed)
    assert saved["Location"] == f"/offre/{offer.pk}/prevenir"
    page = alice.get(saved["Location"]).text
    assert "1 réservation" in page
    assert "rue du Port" in page
    assert not OutboxMessage.objects.exists()

    told = alice.post(saved["Location"], follow=True)
    assert "1 bénéficiaire" in told.text
    assert OutboxMessage.objects.get().recipient == booking.beneficiary.email
