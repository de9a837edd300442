"""Agendas of the sandbox: invented events in the weeks to come, offline."""

from datetime import datetime, timedelta

from passpro.kernel import clock
from passpro.registers.exceptions import AgendaDown, UnknownAgenda

# The number of seed 002, an empty agenda, and one that never answers.
FULL, EMPTY, DOWN = "47826291", "10000001", "10000009"
_EVENTS = [
    (
        "visite-phare",
        "Visite du phare de nuit",
        "Montée à la lampe\\, récits de gardiens.",
        ((12, 21), (19, 21)),
    ),
    (
        "lecture-musicale",
        "Lecture musicale au kiosque",
        "Textes d’escale et accordéon.",
        ((8, 18),),
    ),
    (
        "grenier",
        "Le grenier aux costumes",
        "Essayages et histoires de scène.",
        ((15, 14), (16, 14)),
    ),
]


def calendar(number: str) -> str:
    """The export of a bundled agenda; its dates follow the clock."""
    if number == DOWN:
        raise AgendaDown
    if number not in {FULL, EMPTY}:
        raise UnknownAgenda(field="identifier")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PassPro//Agenda d’essai//FR"]
    midnight = datetime.combine(clock.today(), datetime.min.time())
    for name, title, text, dates in _EVENTS if number == FULL else ():
        for day, hour in dates:
            start = midnight + timedelta(days=day, hours=hour)
            lines += [
                "BEGIN:VEVENT",
                f"UID:{name}@agenda.example",
                f"DTSTART;TZID=Europe/Paris:{start:%Y%m%dT%H%M%S}",
                f"DTEND;TZID=Europe/Paris:{start + timedelta(minutes=90):%Y%m%dT%H%M%S}",
                f"SUMMARY:{title}",
                f"DESCRIPTION:{text}",
                "END:VEVENT",
            ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
