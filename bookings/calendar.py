"""A booked event as an iCalendar file (RFC 5545)."""

from datetime import timedelta

from bookings.models import Booking
from passpro.kernel import clock

_DEFAULT_DURATION = timedelta(hours=2)


def event_of(booking: Booking) -> str:
    """One VEVENT; an undated booking gives an empty calendar."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PassPro//Reservations//FR"]
    beginning = booking.stock.beginning_at
    if beginning is not None:
        minutes = booking.offer.duration_minutes
        end = beginning + (timedelta(minutes=minutes) if minutes else _DEFAULT_DURATION)
        lines += [
            "BEGIN:VEVENT",
            f"UID:reservation-{booking.pk}@passpro",
            f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
            f"DTSTART:{beginning:%Y%m%dT%H%M%SZ}",
            f"DTEND:{end:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{_escaped(booking.offer.title)}",
            f"LOCATION:{_escaped(f'{booking.venue.shown_name}, {booking.venue.one_line_address}')}",
            f"DESCRIPTION:{_escaped(f'Contremarque : {booking.countermark}')}",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _escaped(text: str) -> str:
    for raw, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(raw, escaped)
    return text


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, the next ones begin with a space."""
    parts, current = [], ""
    for letter in line:
        if len((current + letter).encode()) > 74:
            parts.append(current)
            current = ""
        current += letter
    return "\r\n ".join([*parts, current])
