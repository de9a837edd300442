"""The address base of the sandbox: towns and streets bundled with the product, offline (SIR-09).

Same answers to the same questions: the point of a street is drawn from its name.
"""

import zlib
from decimal import Decimal
from functools import cache
from math import cos, hypot, radians

from passpro.registers.addresses import FoundAddress
from passpro.registers.sandbox_towns import COMMON_STREETS, TOWNS, Town
from passpro.registers.text import normalise

_METRE = Decimal("0.00001")
_LONGEST_NUMBER = 4
# About 900 m around the centre, and 9 m from a house to the next.
_SPREAD, _STEP = 0.008, 0.00008
_FAR_DEGREES = 0.1
_NEXT_TO_NUMBER = {"bis", "ter"}


class SandboxAddresses:
    def search(self, text: str, *, limit: int, kind: str, postal_code: str) -> list[FoundAddress]:
        words = normalise(text).split()
        number, words = _split_number(words)
        towns = [town for town in TOWNS if not postal_code or postal_code in town.postal_codes]
        found: list[FoundAddress] = []
        for town in towns:
            left, town_words = _without_town(words, town)
            if kind == "municipality" or not left:
                if town_words or (kind == "municipality" and postal_code):
                    found.append(_town_centre(town, town_words, words, postal_code))
                continue
            found += _streets(town, left, number=number, words=words, town_words=town_words)
        return sorted(found, key=lambda one: -one.score)[:limit]

    def reverse(self, latitude: Decimal, longitude: Decimal) -> FoundAddress | None:
        north, east = float(latitude), float(longitude)
        town = min(TOWNS, key=lambda one: _distance(north, east, one.latitude, one.longitude))
        if _distance(north, east, town.latitude, town.longitude) > _FAR_DEGREES:
            return None
        street = min(
            town.streets + COMMON_STREETS,
            key=lambda name: _distance(north, east, *_point(town.code, name, 0)),
        )
        return _address(town, street, number="", postal_code=town.postal_codes[0], score=1.0)


def _split_number(words: list[str]) -> tuple[str, list[str]]:
    """« 12 bis rue de Siam » → (« 12 bis », [rue, de, siam])."""
    if not words or not words[0].isdigit() or len(words[0]) > _LONGEST_NUMBER:
        return "", words
    if len(words) > 1 and words[1] in _NEXT_TO_NUMBER:
        return f"{words[0]} {words[1]}", words[2:]
    return words[0], words[1:]


def _without_town(words: list[str], town: Town) -> tuple[list[str], list[str]]:
    """What is left for the street, and the words that name this town or its postal code."""
    codes = [word for word in words if word in town.postal_codes]
    others = [word for word in words if word not in town.postal_codes]
    name = normalise(town.name).split()
    for size in range(len(name), 0, -1):
        if len(others) >= size and others[-size:] == name[:size]:
            return others[:-size], [*codes, *others[-size:]]
    return others, codes


def _streets(
    town: Town, left: list[str], *, number: str, words: list[str], town_words: list[str]
) -> list[FoundAddress]:
    """Streets of the town that have every word left; the last one may be half typed."""
    code = next((word for word in town_words if word in town.postal_codes), town.postal_codes[0])
    found = []
    for street in town.streets + COMMON_STREETS:
        names = normalise(street).split()
        if all(word in names for word in left[:-1]) and any(
            name.startswith(left[-1]) for name in names
        ):
            # Sure only when the street is whole and the town is named.
            whole = len(left) / len(names)
            score = round(min(0.97, 0.45 + 0.3 * whole + (0.22 if town_words else 0.0)), 4)
            found.append(_address(town, street, number=number, postal_code=code, score=score))
    return found


def _town_centre(
    town: Town, town_words: list[str], words: list[str], postal_code: str
) -> FoundAddress:
    score = round(0.97 * len(town_words) / len(words), 4) if words and town_words else 0.5
    code = next((word for word in town_words if word in town.postal_codes), postal_code)
    return FoundAddress(
        label=town.name,
        street="",
        postal_code=code or town.postal_codes[0],
        city=town.name,
        city_code=town.code,
        latitude=_degrees(town.latitude),
        longitude=_degrees(town.longitude),
        ban_id=town.code,
        kind="municipality",
        score=score,
    )


def _address(
    town: Town, street: str, *, number: str, postal_code: str, score: float
) -> FoundAddress:
    latitude, longitude = _point(town.code, street, int(number.split()[0]) if number else 0)
    name = f"{number} {street[0].lower()}{street[1:]}" if number else street
    key = f"{zlib.crc32(normalise(street).encode()) % 10_000:04}"
    suffix = f"_{number.replace(' ', '_').zfill(5)}" if number else ""
    return FoundAddress(
        label=f"{name} {postal_code} {town.name}",
        street=name,
        postal_code=postal_code,
        city=town.name,
        city_code=town.code,
        latitude=_degrees(latitude),
        longitude=_degrees(longitude),
        ban_id=f"{town.code}_{key}{suffix}",
        kind="housenumber" if number else "street",
        score=score,
    )


@cache
def _point(town_code: str, street: str, number: int) -> tuple[float, float]:
    town = next(one for one in TOWNS if one.code == town_code)
    draw = zlib.crc32(f"{town_code} {street}".encode())
    north = ((draw & 0xFFFF) / 0xFFFF - 0.5) * 2 * _SPREAD
    east = ((draw >> 16) / 0xFFFF - 0.5) * 2 * _SPREAD
    return town.latitude + north + number * _STEP, town.longitude + east


def _degrees(value: float) -> Decimal:
    return Decimal(str(value)).quantize(_METRE)


def _distance(north: float, east: float, other_north: float, other_east: float) -> float:
    return hypot(north - other_north, (east - other_east) * cos(radians(north)))
