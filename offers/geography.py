"""Distances: a position from what is typed, a box then the exact distance in SQL (no PostGIS)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, FloatField, Max, Q, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import LessThanOrEqual

from offers.search import normalise
from passpro.reference.chief_towns import CHIEF_TOWNS
from passpro.reference.departments import DEPARTMENTS, department_of
from passpro.registers import addresses
from passpro.registers.exceptions import RegisterDown
from venues.models import Address, Venue
from venues.positions import in_box, nearness

if TYPE_CHECKING:
    from offers.models import Offer

EARTH_KM = 6_371.0
KM_PER_DEGREE = math.pi * EARTH_KM / 180
NOBODY = Q(pk__in=[])
# Below, the address base answers with anything that looks alike.
SURE = 0.6


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, WGS 84; `label` is how people call the place, `department_code` may be unknown."""

    latitude: float
    longitude: float
    label: str
    department_code: str = ""


def locate(typed: str) -> Position | None:
    """The position of a postal code, a town, a département or an address; None if unknown.

    Postal codes and towns are the mean of the venues that are there; where no venue told its
    coordinates, the chief town of the département stands for it.
    """
    text = typed.strip()
    if len(text) == 5 and department_of(text):
        return _mean_of("postal_code", text, text) or _of_department(department_of(text), text)
    by_code = _of_department(text.upper().zfill(2), "")
    if by_code:
        return by_code
    wanted = normalise(text)
    for code, name in DEPARTMENTS.items():
        if normalise(name) == wanted:
            return _of_department(code, "")
    return _mean_of("city__iexact", text, text) or _of_address(text)


def _of_address(text: str) -> Position | None:
    """A street or a town of the address base; None when it is unsure, or silent."""
    if len(text) < addresses.MIN_TEXT:
        return None
    try:
        found = addresses.search(text, limit=1)
    except RegisterDown:
        return None
    if not found or found[0].score < SURE:
        return None
    best = found[0]
    return Position(
        float(best.latitude), float(best.longitude), best.label, department_of(best.postal_code)
    )


def _mean_of(lookup: str, value: str, label: str) -> Position | None:
    there = Venue.objects.filter(**{lookup: value}).aggregate(
        latitude=Avg("latitude"),
        longitude=Avg("longitude"),
        code=Max("department_code"),
        town=Max("city"),
    )
    # « Brest » rather than « 29200 ».
    label = there["town"] or label
    if there["latitude"] is None:
        return _of_department(there["code"] or "", label)
    return Position(float(there["latitude"]), float(there["longitude"]), label, there["code"] or "")


def _of_department(code: str, label: str) -> Position | None:
    town = CHIEF_TOWNS.get(code)
    return Position(*town, label or DEPARTMENTS[code], code) if town else None


def around(position: Position, radius_km: int) -> Q:
    """Offers at most `radius_km` away: at their own address if they have one, else their venue's.

    A place whose coordinates are unknown counts as near in its whole département; an online offer
    is near nobody. The venues are looked for first, so that the condition is on offers alone.
    """
    near = Venue.objects.filter(circle(position, radius_km, "") | _unplaced_venues(position))
    own = Q(latitude__isnull=False) & circle(position, radius_km, "")
    return Q(city="", venue_id__in=list(near.values_list("pk", flat=True))) | (
        own | _unplaced_offers(position)
    )


def somewhere_near(position: Position, radius_km: int | None) -> list[Q]:
    """Offers without coordinates, of the département, or of anywhere without a radius.

    Two conditions, each with its own index: at a venue, or at their own address.
    """
    if radius_km is None:
        venues = Venue.objects.filter(latitude__isnull=True)
        elsewhere = ~Q(city="") & Q(latitude__isnull=True)
    else:
        venues = Venue.objects.filter(_unplaced_venues(position))
        elsewhere = _unplaced_offers(position)
    return [Q(city="", venue_id__in=list(venues.values_list("pk", flat=True)[:2_000])), elsewhere]


def _unplaced_venues(position: Position) -> Q:
    code = position.department_code
    return Q(latitude__isnull=True, is_virtual=False, department_code=code) if code else NOBODY


def _unplaced_offers(position: Position) -> Q:
    code = position.department_code
    return ~Q(city="") & Q(latitude__isnull=True, department_code=code) if code else NOBODY


def nearest(
    offers: "QuerySet[Offer]", position: Position, radius_km: int | None, *, own: bool
) -> "QuerySet[Offer]":
    """Offers with an address of their own, or those at their venue, nearest first (`distance_km`).

    Walks the index of positions; the exact distance decides what is within the radius.
    """
    prefix = "" if own else "venue__"
    known = Q(latitude__isnull=False) if own else Q(city="", venue__latitude__isnull=False)
    near = offers.filter(known).annotate(distance_km=kilometres(position, prefix))
    if radius_km is not None:
        near = near.filter(circle(position, radius_km, prefix))
    return near.order_by(nearness(position.latitude, position.longitude, prefix), "-pk")


def circle(position: Position, radius_km: int, prefix: str) -> Q:
    """The box goes through the index, then the exact distance (haversine) decides."""
    box = in_box(
        position.latitude,
        position.longitude,
        radius_km,
        km_per_degree=KM_PER_DEGREE,
        prefix=prefix,
    )
    return Q(box) & Q(LessThanOrEqual(kilometres(position, prefix), radius_km))


def kilometres(position: Position, prefix: str) -> Any:
    """Haversine between a position and the coordinates of a row, in SQL."""
    latitude = Radians(Cast(f"{prefix}latitude", FloatField()))
    longitude = Radians(Cast(f"{prefix}longitude", FloatField()))
    here = math.radians(position.latitude)
    half = Power(Sin((latitude - Value(here)) / Value(2.0)), Value(2.0)) + Value(
        math.cos(here)
    ) * Cos(latitude) * Power(
        Sin((longitude - Value(math.radians(position.longitude))) / Value(2.0)), Value(2.0)
    )
    # Rounding may lift the antipode above 1, where the arc sine has no value.
    return Value(2 * EARTH_KM) * ASin(Sqrt(Least(half, Value(1.0))), output_field=FloatField())


def km_between(position: Position, place: Address) -> float | None:
    """The same distance in Python; None when nobody knows where the place is."""
    if place.latitude is None or place.longitude is None:
        return None
    there = math.radians(float(place.latitude))
    here = math.radians(position.latitude)
    turn = math.radians(float(place.longitude) - position.longitude)
    half = (
        math.sin((there - here) / 2) ** 2
        + math.cos(here) * math.cos(there) * math.sin(turn / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(min(half, 1.0)))


def distance_words(km: float | None) -> str:
    """0.84 → « 800 m », 14.2 → « 14 km », 2.04 → « 2,0 km »."""
    if km is None:
        return ""
    if km < 1:
        return f"{max(round(km * 10), 1) * 100}\u00a0m"
    return f"{km:.1f}\u00a0km".replace(".", ",") if km < 10 else f"{km:.0f}\u00a0km"
