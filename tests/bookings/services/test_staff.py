"""The team cancels with a reason of its own, and brings a booking back as used (BKG-60, LST-32)."""

import pytest

from bookings import exceptions, inconsistencies
from bookings.models import Booking
from bookings.services.staff import cancel_by_team, revive
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return Actor.user(UserFactory(is_staff=True))


def is_sound():
    return not any(find() for find in inconsistencies.CONTROLS)


def test_a_used_booking_is_cancelled_told_to_the_venue_alone_then_brought_back(agent):
    booking = BookingFactory(used=True, quantity=1)
    booking.offer.notification_email = "billets@lieu.example"
    booking.offer.save()

    cancel_by_team(
        booking_id=booking.pk, reason="BACKOFFICE_OVERBOOKING", by=agent, why="Salle trop petite"
    )
    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_reason) == ("CANCELLED", "BACKOFFICE_OVERBOOKING")
    assert booking.stock.__class__.objects.get(pk=booking.stock_id).booked_quantity == 0
    assert list(OutboxMessage.objects.values_list("event", "recipient")) == [
        ("bookings/cancelled_pro", "billets@lieu.example")
    ]
    with pytest.raises(exceptions.AlreadyCancelled):
        cancel_by_team(booking_id=booking.pk, reason="FRAUD", by=agent)

    revive(booking_id=booking.pk, by=agent, why="Erreur de notre part")
    booking.refresh_from_db()
    assert (booking.status, booking.validated_by) == ("USED", "BACKOFFICE")
    assert (booking.cancelled_at, booking.cancellation_reason) == (None, "")
    history = booking.transitions.order_by("pk").values_list("before", "after", "why")
    assert list(history) == [
        ("USED", "CANCELLED", "Salle trop petite"),
        ("CANCELLED", "USED", "Erreur de notre part"),
    ]
    assert is_sound()


@pytest.mark.parametrize("facts", [{"used": True, "frozen_at": clock.now()}, {"reimbursed": True}])
def test_what_is_being_paid_stays(agent, facts):
    booking = BookingFactory(**facts)
    with pytest.raises(exceptions.ReimbursedCannotBeCancelled):
        cancel_by_team(booking_id=booking.pk, reason="FRAUD", by=agent)


def test_a_booking_comes_back_only_where_places_credit_and_offer_allow(agent):
    stock = StockFactory(quantity=1)
    lost = BookingFactory(stock=stock, cancelled=True)
    other = BookingFactory(stock=stock)
    with pytest.raises(exceptions.NoPlaceToRevive):
        revive(booking_id=lost.pk, by=agent)
    with pytest.raises(exceptions.NotCancelled):
        revive(booking_id=other.pk, by=agent)

    poor = BookingFactory(cancelled=True)
    poor.deposit.spent_cents = poor.deposit.amount_cents
    poor.deposit.save()
    with pytest.raises(exceptions.InsufficientCredit):
        revive(booking_id=poor.pk, by=agent)

    again = BookingFactory(cancelled=True)
    BookingFactory(stock=again.stock, deposit=again.deposit)
    with pytest.raises(exceptions.BookedAgainSince):
        revive(booking_id=again.pk, by=agent)
    assert Booking.objects.filter(status="USED").count() == 0


def test_the_team_does_both_from_the_page_of_the_booking(cast):
    client, booking = cast.client("staff"), cast.booking
    page = f"/admin/bookings/booking/{booking.pk}/"
    assert "Annuler" in client.get(f"{page}change/").text
    assert "Soupçon de fraude" in client.get(f"{page}annuler/").text
    client.post(f"{page}annuler/", {"reason": "FRAUD_SUSPICION", "why": "Doublon"})
    booking.refresh_from_db()
    assert booking.cancellation_reason == "FRAUD_SUSPICION"

    client.post(f"{page}retablir/", {"reason": "Vérifié"})
    booking.refresh_from_db()
    assert booking.status == "USED"

    listing = "/admin/bookings/booking/"
    chosen = {"action": "cancel_each", "_selected_action": [booking.pk]}
    assert "Annuler ces réservations" in client.post(listing, chosen).text
    client.post(listing, chosen | {"confirmed": "1", "reason": "FRAUD", "why": ""})
    booking.refresh_from_db()
    assert booking.status == "CANCELLED"
