"""Distances: a position from what is typed, a box then the exact distance in SQL (no PostGIS)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Avg, FloatField, Max, Q, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Power, Radians, Sin, Sqrt

from offers.search import normalise
from passpro.reference.chief_towns import CHIEF_TOWNS
from passpro.reference.departments import DEPARTMENTS, department_of
from venues.models import Venue

if TYPE_CHECKING:
    from offers.models import Offer

EARTH_KM = 6_371.0
KM_PER_DEGREE = math.pi * EARTH_KM / 180


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, WGS 84; `label` is how people call the place, `department_code` may be unknown."""

    latitude: float
    longitude: float
    label: str
    department_code: str = ""


def locate(typed: str) -> Position | None:
    """The position of a postal code, a town of a known venue, or a département; None if unknown.

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
    return _mean_of("city__iexact", text, text)


def _mean_of(lookup: str, value: str, label: str) -> Position | None:
    there = Venue.objects.filter(**{lookup: value}).aggregate(
        latitude=Avg("latitude"), longitude=Avg("longitude"), code=Max("department_code")
    )
    if there["latitude"] is None:
        return _of_department(there["code"] or "", label)
    return Position(float(there["latitude"]), float(there["longitude"]), label, there["code"] or "")


def _of_department(code: str, label: str) -> Position | None:
    town = CHIEF_TOWNS.get(code)
    return Position(*town, label or DEPARTMENTS[code], code) if town else None


def around(
    offers: "QuerySet[Offer]", position: Position, radius_km: int | None
) -> "QuerySet[Offer]":
    """The offers at most `radius_km` away (None: anywhere), with their `distance_km`.

    A venue that did not tell its coordinates counts as near in its whole département, without a
    distance; an online offer is near nobody, so a radius leaves it out.
    """
    offers = with_distance(offers, position)
    if radius_km is None:
        return offers
    near = Q(**_box(position, radius_km), distance_km__lte=radius_km)
    if position.department_code:
        near |= Q(
            venue__latitude__isnull=True,
            venue__is_virtual=False,
            venue__department_code=position.department_code,
        )
    return offers.filter(near)


def with_distance(offers: "QuerySet[Offer]", position: Position) -> "QuerySet[Offer]":
    """Annotate `distance_km`, None for an offer without a place (haversine)."""
    latitude = Radians(Cast("venue__latitude", FloatField()))
    longitude = Radians(Cast("venue__longitude", FloatField()))
    here = math.radians(position.latitude)
    half = Power(Sin((latitude - Value(here)) / Value(2.0)), Value(2.0)) + Value(
        math.cos(here)
    ) * Cos(latitude) * Power(
        Sin((longitude - Value(math.radians(position.longitude))) / Value(2.0)), Value(2.0)
    )
    return offers.annotate(
        distance_km=Value(2 * EARTH_KM) * ASin(Sqrt(half), output_field=FloatField())
    )


def _box(position: Position, radius_km: float) -> dict[str, float]:
    """Degrees that surely hold the circle; cheap for the database to discard the rest."""
    high = radius_km / KM_PER_DEGREE
    wide = high / max(math.cos(math.radians(position.latitude)), 0.01)
    return {
        "venue__latitude__gte": position.latitude - high,
        "venue__latitude__lte": position.latitude + high,
        "venue__longitude__gte": position.longitude - wide,
        "venue__longitude__lte": position.longitude + wide,
    }


def distance_words(km: float | None) -> str:
    """0.84 → « 800 m », 14.2 → « 14 km », 2.04 → « 2,0 km »."""
    if km is None:
        return ""
    if km < 1:
        return f"{max(round(km * 10), 1) * 100}\u00a0m"
    return f"{km:.1f}\u00a0km".replace(".", ",") if km < 10 else f"{km:.0f}\u00a0km"
