"""Read a calendar file (.ics): events to come, and why the others are not taken, line by line.

Each event is read by itself, so that one broken block never hides the others. Events that bear the
same UID are one event with several dates, as agendas write them.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule
from icalendar import Calendar

from offers.constants import MAX_DURATION_MINUTES

MAX_EVENTS = 2_000
MAX_DATES = 500  # of one event
HORIZON = timedelta(days=730)
_MAX_TITLE, _MAX_TEXT, _MAX_KEY = 140, 10_000, 255


class NotACalendar(ValueError):
    """Not an .ics file at all."""


class _Unreadable(ValueError):
    """Why one event is left out, in French."""


@dataclass(slots=True)
class AgendaEvent:
    """One event with its dates in UTC; `line` is where its first block begins."""

    key: str
    title: str
    description: str
    minutes: int | None
    line: int
    dates: list[datetime] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "description": self.description,
            "minutes": self.minutes,
            "line": self.line,
            "dates": [at.isoformat() for at in self.dates],
        }


def read_calendar(
    text: str, *, zone: str, now: datetime
) -> tuple[list[AgendaEvent], list[dict[str, Any]]]:
    """Events with a date after `now`, and the blocks left out as {line, text, why}.

    `zone` is meant where the file names none. Raises NotACalendar.
    """
    lines = text.lstrip("\ufeff").splitlines()
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:20]):
        raise NotACalendar
    found: dict[str, AgendaEvent] = {}
    rejected: list[dict[str, Any]] = []
    blocks, zones = _blocks(lines)
    for number, (line, block, is_whole) in enumerate(blocks):
        title = ""
        try:
            if number >= MAX_EVENTS:
                raise _Unreadable(f"Un fichier a au plus {MAX_EVENTS} événements.")
            if not is_whole:
                raise _Unreadable("Cet événement n’est pas terminé (END:VEVENT manque).")
            event = _parsed(block, zones)
            title = _text(event, "SUMMARY")
            _take(found, event, title, line=line, zone=zone, now=now)
        except _Unreadable as error:
            rejected.append({"line": line, "text": title, "why": str(error)})
    for event in found.values():
        event.dates = sorted(set(event.dates))[:MAX_DATES]
    return list(found.values()), rejected


def _blocks(lines: list[str]) -> tuple[list[tuple[int, list[str], bool]], list[str]]:
    """(line number, lines, whole?) of each VEVENT, and the lines of all time zones."""
    blocks: list[tuple[int, list[str], bool]] = []
    zones: list[str] = []
    current: list[str] | None = None
    start, in_zone = 0, False
    for number, line in enumerate(lines, start=1):
        word = line.strip().upper()
        if word == "BEGIN:VTIMEZONE":
            in_zone = True
        if in_zone:
            zones.append(line)
            in_zone = word != "END:VTIMEZONE"
        elif word == "BEGIN:VEVENT":
            if current is not None:
                blocks.append((start, current, False))
            current, start = [line], number
        elif current is not None:
            current.append(line)
            if word == "END:VEVENT":
                blocks.append((start, current, True))
                current = None
    if current is not None:
        blocks.append((start, current, False))
    return blocks, zones


def _parsed(block: list[str], zones: list[str]) -> Any:
    source = "\r\n".join(["BEGIN:VCALENDAR", *zones, *block, "END:VCALENDAR", ""])
    try:
        events = Calendar.from_ical(source).walk("VEVENT")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise _Unreadable("Ce bloc ne suit pas le format .ics.") from None
    if not events:
        raise _Unreadable("Ce bloc ne suit pas le format .ics.")
    return events[0]


def _text(event: Any, name: str) -> str:
    value = event.get(name)
    if isinstance(value, list):
        value = value[0]
    return str(value).replace("\x00", "").strip() if value is not None else ""


def _take(
    found: dict[str, AgendaEvent], event: Any, title: str, *, line: int, zone: str, now: datetime
) -> None:
    """Add the dates of one block to its event; raise _Unreadable with the reason otherwise."""
    key = _text(event, "UID")[:_MAX_KEY]
    if not key:
        raise _Unreadable("Il n’a pas d’identifiant (UID).")
    if not title:
        raise _Unreadable("Il n’a pas de titre (SUMMARY).")
    if _text(event, "STATUS").upper() == "CANCELLED":
        raise _Unreadable("Il est annulé.")
    start = _moment(event, "DTSTART", zone)
    if start is None:
        raise _Unreadable("Il n’a pas de date de début lisible (DTSTART).")
    dates = [at for at in _dates(event, start, now) if now < at < now + HORIZON]
    if not dates:
        raise _Unreadable("Toutes ses dates sont passées, ou à plus de deux ans.")
    known = found.get(key)
    if known is None:
        known = found[key] = AgendaEvent(
            key=key,
            title=title[:_MAX_TITLE],
            description=_text(event, "DESCRIPTION")[:_MAX_TEXT],
            minutes=_minutes(event, start, zone),
            line=line,
        )
    known.dates += dates


def _moment(event: Any, name: str, zone: str) -> datetime | None:
    """An aware instant; a day without hour cannot be sold."""
    try:
        value = event.decoded(name)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))
    if isinstance(value, date) and name == "DTSTART":
        raise _Unreadable("Il dure la journée entière : donnez-lui un horaire dans votre agenda.")
    return None


def _minutes(event: Any, start: datetime, zone: str) -> int | None:
    try:
        length = event.decoded("DURATION") if "DURATION" in event else None
    except (KeyError, ValueError, TypeError):
        length = None
    end = _moment(event, "DTEND", zone)
    if end is not None:
        length = end - start
    if not isinstance(length, timedelta):
        return None
    minutes = int(length.total_seconds() // 60)
    return minutes if 0 < minutes <= MAX_DURATION_MINUTES else None


def _dates(event: Any, start: datetime, now: datetime) -> list[datetime]:
    """The first date, those of the rule and of RDATE, without those of EXDATE, in UTC."""
    try:
        dates = {start, *_repeated(event, start, now), *_listed(event, "RDATE")}
        without = {at.astimezone(UTC) for at in _listed(event, "EXDATE")}
        return [at for at in (one.astimezone(UTC) for one in dates) if at not in without]
    except (ValueError, OverflowError, TypeError, AttributeError):
        raise _Unreadable("Sa règle de répétition n’est pas lisible.") from None


def _repeated(event: Any, start: datetime, now: datetime) -> list[datetime]:
    rule = event.get("RRULE")
    if rule is None:
        return []
    facts = dict(rule)
    until = (facts.pop("UNTIL", None) or [None])[0]
    end = now + HORIZON
    if until is not None:
        if not isinstance(until, datetime):
            until = datetime.combine(until, time(23, 59, 59))
        end = min(end, until if until.tzinfo else until.replace(tzinfo=start.tzinfo))
    if "FREQ" not in facts or str(facts["FREQ"][0]).upper() in {"SECONDLY", "MINUTELY", "HOURLY"}:
        raise ValueError("too frequent")
    text = ";".join(f"{name}={','.join(map(str, facts[name]))}" for name in facts)
    repeated = rrule.rrulestr(text, dtstart=start)
    return list(repeated.between(max(start, now), end, inc=True, count=MAX_DATES))


def _listed(event: Any, name: str) -> list[datetime]:
    values = event.get(name) or []
    found = []
    for value in values if isinstance(values, list) else [values]:
        for one in getattr(value, "dts", []):
            if isinstance(one.dt, datetime):
                found.append(one.dt)
    return [at if at.tzinfo else at.replace(tzinfo=UTC) for at in found]
