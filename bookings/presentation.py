"""A line of the list of bookings, worked out once: the template only puts it in its cells."""

from datetime import datetime
from functools import cache
from typing import Any

from django.urls import reverse

from bookings.models import Booking
from passpro.kernel.templatetags.ui import (
    french_date,
    french_time,
    mail,
    price,
    short_date,
    status_badge,
)

_ANY_NUMBER = 1_234_567_890


def line_of(booking: Booking, now: datetime) -> dict[str, Any]:
    """Texts of §7.1, hours of the venue; `booking` comes `with_row_data`."""
    zone, person, stock = booking.time_zone, booking.beneficiary, booking.stock
    label, limit = booking.price_category_label, booking.cancellation_limit_at
    ean = "" if stock.beginning_at else booking.offer.extra_data.get("ean")
    return {
        "title": booking.offer.title,
        "offer_url": _address("offers:detail", booking.offer_id),
        "when": french_date(stock.beginning_at, zone) if stock.beginning_at else "",
        "ean": ean,
        "price": f"{label} · {price(booking.amount_cents)}"
        if label
        else price(booking.amount_cents),
        "is_duo": booking.quantity == 2,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "email": mail(person.email),
        "phone": person.phone,
        "day": short_date(booking.booked_at, zone),
        "hour": french_time(booking.booked_at, zone),
        "code": "" if booking.is_code_hidden else booking.countermark,
        "has_tickets": booking.has_tickets,
        "limit": short_date(limit, zone) if limit else "–",
        "badge": status_badge("booking", booking.shown_status(now)),
        "url": _address("bookings:booking", booking.pk),
    }


def _address(name: str, number: int) -> str:
    return _pattern(name).replace(str(_ANY_NUMBER), str(number))


@cache
def _pattern(name: str) -> str:
    return reverse(name, kwargs={"pk": _ANY_NUMBER})
