"""Template filters and components of the house (built in: no {% load %} needed)."""

from datetime import datetime

from django import template
from django.utils import timezone

from passpro.kernel import money

register = template.Library()

NBSP = "\u00a0"
_DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
_MONTHS = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
]  # fmt: skip


@register.filter
def euros(cents: int | None) -> str:
    """800 → « 8,00 € »; None → empty."""
    return "" if cents is None else money.euros(cents)


@register.filter
def price(cents: int | None) -> str:
    """Like euros, with « Gratuit » for zero."""
    return "Gratuit" if cents == 0 else euros(cents)


@register.filter
def french_date(moment: datetime | None, zone: str | None = None) -> str:
    """« jeudi 28 mai 2026 à 14 h 30 » in Paris time or `zone`; a date gives the day alone."""
    if moment is None:
        return ""
    day = moment
    if isinstance(moment, datetime):
        import zoneinfo

        day = timezone.localtime(moment, zoneinfo.ZoneInfo(zone) if zone else None)
    number = "1er" if day.day == 1 else str(day.day)
    text = f"{_DAYS[day.weekday()]} {number}{NBSP}{_MONTHS[day.month - 1]} {day.year}"
    if not isinstance(day, datetime):
        return text
    minutes = f"{NBSP}{day.minute:02d}" if day.minute else ""
    return f"{text} à {day.hour}{NBSP}h{minutes}"
