"""Opening hours as people read them; minutes of the day, in the local time of the venue."""

from collections.abc import Iterable
from typing import NamedTuple

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
NBSP = "\u00a0"


class Range(NamedTuple):
    """`weekday` 0 is Monday; `closes` may be 1440, midnight at the end of the day."""

    weekday: int
    opens: int
    closes: int


class Day(NamedTuple):
    """A line of the week: « lundi », « 10 h – 12 h, 14 h – 19 h » or « fermé »."""

    name: str
    hours: str
    is_open: bool


def said_minute(minute: int) -> str:
    """600 → « 10 h », 870 → « 14 h 30 », 1440 → « minuit »."""
    if minute == 1440:
        return "minuit"
    rest = f"{NBSP}{minute % 60:02d}" if minute % 60 else ""
    return f"{minute // 60}{NBSP}h{rest}"


def week_of(ranges: Iterable[Range]) -> list[Day]:
    """Seven lines, Monday first."""
    days: list[list[str]] = [[] for _ in DAYS]
    for one in sorted(ranges):
        days[one.weekday].append(f"{said_minute(one.opens)} – {said_minute(one.closes)}")
    return [
        Day(name, ", ".join(hours) or "fermé", bool(hours))
        for name, hours in zip(DAYS, days, strict=True)
    ]


def said_ranges(ranges: Iterable[Range]) -> str:
    """The open days on one line, for the history."""
    return " ; ".join(f"{day.name} {day.hours}" for day in week_of(ranges) if day.is_open)
