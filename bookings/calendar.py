"""Booked events as iCalendar files (RFC 5545): one for its beneficiary, all those of a venue."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bookings.attendance import Session
from bookings.models import Booking
from passpro.kernel import clock
from venues.models import Venue

_DEFAULT_DURATION = timedelta(hours=2)
# How often calendars are asked to read a feed again.
_REFRESH = "PT30M"


def event_of(booking: Booking) -> str:
    """One VEVENT; an undated booking gives an empty calendar."""
    beginning = booking.stock.beginning_at
    if beginning is None:
        return _calendar([])
    where = f"{booking.place_name}, {booking.place.one_line_address}"
    return _calendar(
        _event(
            f"reservation-{booking.pk}@passpro",
            beginning,
            booking.offer.duration_minutes,
            title=booking.offer.title,
            where=where,
            note=f"Contremarque : {booking.countermark}",
        )
    )


def feed_of(venue: Venue, sessions: Iterable[Session]) -> str:
    """The dates of a venue with their places booked and come, and nobody's name."""
    lines = [
        f"X-WR-CALNAME:{_escaped(f'PassPro – {venue.shown_name}')}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
    ]
    where = f"{venue.shown_name}, {venue.one_line_address}"
    for session in sessions:
        plural = "s" if session.expected > 1 else ""
        lines += _event(
            f"date-{session.offer_id}-{session.beginning_at:%Y%m%dT%H%M}@passpro",
            session.beginning_at,
            session.minutes,
            title=f"{session.title} ({session.expected} réservée{plural})",
            where=where,
            note=f"{session.expected} place{plural} réservée{plural}, {session.entered} validées",
        )
    return _calendar(lines)


def _event(
    uid: str, beginning: datetime, minutes: int | None, *, title: str, where: str, note: str
) -> list[str]:
    end = beginning + (timedelta(minutes=minutes) if minutes else _DEFAULT_DURATION)
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        f"DTSTART:{beginning:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{_escaped(title)}",
        f"LOCATION:{_escaped(where)}",
        f"DESCRIPTION:{_escaped(note)}",
        "END:VEVENT",
    ]


def _calendar(lines: list[str]) -> str:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PassPro//Reservations//FR"]
    return "".join(f"{_folded(line)}\r\n" for line in [*head, *lines, "END:VCALENDAR"])


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
