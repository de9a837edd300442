"""How much an incident takes back or gives, in cents, per booking (§15.2, §15.4)."""

from datetime import datetime

from bookings.models import Booking
from finance.exceptions import IncidentRefused
from passpro.kernel import money

# §15.2: of a commercial gesture.
MOST_PER_PLACE_PERCENT = 120
MOST_PER_BOOKING_CENTS = 300_00


def new_total_of_overpayment(bookings: list[Booking], too_much: int | None) -> dict[int, int]:
    """{booking: what it should have cost}; several bookings are taken back whole."""
    if too_much is None:
        if any(booking.total_cents == 0 for booking in bookings):
            raise IncidentRefused("Une réservation gratuite n’a rien à rendre.")
        return {booking.pk: 0 for booking in bookings}
    if len(bookings) > 1:
        raise IncidentRefused(
            "Pour plusieurs réservations, le trop-perçu est leur montant entier : laissez vide.",
            field="amount",
        )
    total = bookings[0].total_cents
    if not 0 < too_much <= total:
        raise IncidentRefused(
            f"Le trop-perçu est compris entre 0,01 € et {money.euros(total)}.", field="amount"
        )
    return {bookings[0].pk: total - too_much}


def gesture_parts(bookings: list[Booking], cents: int | None, *, now: datetime) -> dict[int, int]:
    """{booking: part of the gesture}: by places, leftover cents one by one in order (D-11)."""
    places = sum(booking.quantity for booking in bookings)
    if not cents or cents <= 0:
        raise IncidentRefused("Donnez le montant du geste.", field="amount")
    price = max(booking.amount_cents for booking in bookings)
    most = min(
        price * places * MOST_PER_PLACE_PERCENT // 100, MOST_PER_BOOKING_CENTS * len(bookings)
    )
    if cents > most:
        raise IncidentRefused(
            f"Le geste ne peut pas dépasser {money.euros(most)} pour ces réservations.",
            field="amount",
        )
    rich = [
        booking.countermark
        for booking in bookings
        if booking.deposit and booking.deposit.remaining_cents(now) * places > cents
    ]
    if rich:
        raise IncidentRefused(
            "Ces bénéficiaires ont encore de quoi payer, la réservation peut être refaite : "
            f"{', '.join(rich)}.",
            field="countermarks",
        )
    return share(cents, {booking.pk: booking.quantity for booking in bookings})


def share(cents: int, places: dict[int, int]) -> dict[int, int]:
    """By places, rounded down; the leftover cents one each, by increasing id."""
    total = sum(places.values())
    parts = {pk: cents * count // total for pk, count in places.items()}
    for pk in sorted(parts)[: cents - sum(parts.values())]:
        parts[pk] += 1
    return parts
