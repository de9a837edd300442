"""The dates of one offer as its page lists them: filtered, sorted, counted (§3.5)."""

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractHour, ExtractMinute

from offers.dates import local_instant
from offers.models import Offer, PriceCategory
from offers.querysets import StockQuerySet


def occurrences(
    offer: Offer,
    *,
    day: date | None = None,
    hour: time | None = None,
    tariff: PriceCategory | None = None,
) -> StockQuerySet:
    """Live dates of that local day, at that local hour and minute, at that tariff (STK-40)."""
    zone = ZoneInfo(offer.venue.time_zone)
    found: StockQuerySet = offer.stocks.live().select_related("price_category")
    found = found.annotate(
        local_hour=ExtractHour("beginning_at", tzinfo=zone),
        local_minute=ExtractMinute("beginning_at", tzinfo=zone),
    )
    if day is not None and day.year < date.max.year:
        # Midnight exists everywhere on mainland clocks; the change happens later at night.
        start = local_instant(day, time(), zone.key)
        end = local_instant(day + timedelta(days=1), time(), zone.key)
        found = found.filter(beginning_at__gte=start, beginning_at__lt=end)
    if hour is not None:
        found = found.filter(local_hour=hour.hour, local_minute=hour.minute)
    if tariff is not None:
        found = found.filter(price_category=tariff)
    return found


def sorted_by(found: StockQuerySet, asked: str) -> StockQuerySet:
    """Ordered in the database by one column, `-` for the other way; the identifier last."""
    name = asked.removeprefix("-")
    left: Combinable = F("quantity") - F("booked_quantity")
    columns: dict[str, list[Any]] = {
        "date": [F("beginning_at")],
        "heure": [F("local_hour"), F("local_minute"), F("beginning_at")],
        "tarif": [F("price_cents"), F("price_category__label"), F("beginning_at")],
        "limite": [F("booking_limit_at")],
        "places": [left, F("beginning_at")],
        "reservations": [F("booked_quantity"), F("beginning_at")],
    }
    chosen = columns.get(name, columns["date"])
    if asked.startswith("-"):
        # Unlimited dates are the fullest ones both ways round.
        return found.order_by(*(column.desc(nulls_first=True) for column in chosen), "-pk")
    return found.order_by(*(column.asc(nulls_last=True) for column in chosen), "pk")
