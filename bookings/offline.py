"""What a device keeps of the day so that the desk works without network; never e-mails."""

import base64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac

from bookings.attendance import STILL_AT_HAND
from bookings.constants import OFFLINE_GUESTS
from bookings.models import Booking
from passpro.kernel import clock
from passpro.kernel.templatetags.ui import french_date, french_time, price

if TYPE_CHECKING:
    from passpro.accounts.models import User


def day_of(user: "User", now: datetime) -> dict[str, Any]:
    """The people awaited today, and those of an event begun last night, with what the sheet says.

    Cancelled ones too: their code is refused for the right reason. Bounded by OFFLINE_GUESTS.
    """
    midnight = clock.paris_midnight(clock.paris_day(now))
    bookings = (
        Booking.objects.of_structures(user)
        .filter(
            stock__beginning_at__gt=min(midnight, now - STILL_AT_HAND),
            stock__beginning_at__lt=midnight + timedelta(days=1),
            stock__deleted_at__isnull=True,
            has_tickets=False,
        )
        .with_list_data()
        .order_by("stock__beginning_at", "offer", "beneficiary__last_name", "pk")[:OFFLINE_GUESTS]
    )
    return {"made_at": now.isoformat(), "guests": [_guest(booking) for booking in bookings]}


def _guest(booking: Booking) -> dict[str, Any]:
    zone, limit = booking.time_zone, booking.cancellation_limit_at
    beginning: Any = booking.stock.beginning_at  # dated, by the filter
    return {
        "code": booking.countermark,
        "name": booking.beneficiary.get_full_name(),
        "sorted": f"{booking.beneficiary.last_name} {booking.beneficiary.first_name}",
        "session": f"{booking.offer_id}-{int(beginning.timestamp())}",
        "offer": booking.offer.title,
        "date": french_date(beginning, zone),
        "venue": booking.venue.shown_name,
        "tariff": booking.price_category_label,
        "places": booking.quantity,
        "price": price(booking.total_cents),
        "state": "PAID" if booking.is_in_payment else booking.status,
        "used": french_time(booking.used_at, zone) if booking.used_at else "",
        "from": limit.isoformat() if limit else "",
        "from_words": french_date(limit, zone) if limit else "",
    }


def key_of(session_key: str) -> str:
    """The key under which the device encrypts, in base64: that of the session, gone with it."""
    mac = salted_hmac("bookings.offline.key", session_key, algorithm="sha256")
    return base64.b64encode(mac.digest()).decode()


def queue_key_of(user: "User") -> str:
    """The key of what waits for the network: the same person's at every session, so that a closed
    tab or an ended session loses nothing; given to that person only, once signed in."""
    mac = salted_hmac("bookings.offline.queue", str(user.pk), algorithm="sha256")
    return base64.b64encode(mac.digest()).decode()


def owner_of(user: "User") -> str:
    """Tells a device that somebody else signed in, without naming anybody."""
    return salted_hmac("bookings.offline.owner", str(user.pk)).hexdigest()[:16]
