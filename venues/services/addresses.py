"""Addresses that software names by a number, normalised by the national base (API-140)."""

from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from passpro.reference.departments import department_of
from passpro.registers import addresses
from passpro.registers.addresses import GOOD_SCORE, FoundAddress
from passpro.registers.text import normalise
from venues.exceptions import AddressNotLocated, UnknownMunicipality
from venues.models import KnownAddress

_METRE = Decimal("0.00001")
# Of a point given by hand to the one stored: about a hundred metres.
_NEAR = Decimal("0.001")


def know_address(
    *,
    street: str,
    postal_code: str,
    city: str,
    latitude: float | None = None,
    longitude: float | None = None,
) -> KnownAddress:
    """The stored address, normalised when the base knows it; the same words give the same row.

    Unknown there, it is kept as given at the point given (API-141). Raises UnknownMunicipality,
    AddressNotLocated (unknown and no point), RegisterDown.
    """
    town = _town(city, postal_code)
    found = _in_base(street, postal_code, city)
    if found is not None:
        return _kept(
            street=found.street,
            postal_code=found.postal_code,
            city=found.city,
            ban_id=found.ban_id,
            latitude=found.latitude,
            longitude=found.longitude,
        )
    if latitude is None or longitude is None:
        raise AddressNotLocated
    return _kept(
        street=street.strip(),
        postal_code=postal_code,
        city=town.city,
        ban_id="",
        latitude=_degrees(latitude),
        longitude=_degrees(longitude),
    )


def stored_addresses(
    *,
    street: str,
    postal_code: str,
    city: str,
    latitude: float | None = None,
    longitude: float | None = None,
) -> "QuerySet[KnownAddress]":
    """What is stored of this address, perhaps nothing (API-142); raises as `know_address`."""
    town = _town(city, postal_code)
    found = _in_base(street, postal_code, city)
    rows = KnownAddress.objects.filter(latitude__isnull=False)
    if found is not None:
        rows = rows.filter(street=found.street, postal_code=found.postal_code, city=found.city)
    else:
        rows = rows.filter(street__iexact=street.strip(), postal_code=postal_code, city=town.city)
    if latitude is not None and longitude is not None:
        north, east = _degrees(latitude), _degrees(longitude)
        rows = rows.filter(
            latitude__range=(north - _NEAR, north + _NEAR),
            longitude__range=(east - _NEAR, east + _NEAR),
        )
    return rows.order_by("pk")


def remember(
    *,
    street: str,
    postal_code: str,
    city: str,
    latitude: Decimal | None,
    longitude: Decimal | None,
    ban_id: str = "",
) -> KnownAddress:
    """The row of an address that somebody typed in the portal, as it is."""
    return _kept(
        street=street,
        postal_code=postal_code,
        city=city,
        ban_id=ban_id,
        latitude=latitude,
        longitude=longitude,
    )


def _town(city: str, postal_code: str) -> FoundAddress:
    town = addresses.municipality(city=city, postal_code=postal_code)
    if town is None or normalise(town.city) != normalise(city):
        raise UnknownMunicipality(
            f"No municipality found for `city={city}` and `postalCode={postal_code}`"
        )
    return town


def _in_base(street: str, postal_code: str, city: str) -> FoundAddress | None:
    best = addresses.search(f"{street} {postal_code} {city}", limit=1)
    if not best or best[0].score < GOOD_SCORE or not best[0].street:
        return None
    return best[0]


def _degrees(value: float) -> Decimal:
    return Decimal(str(value)).quantize(_METRE)


@transaction.atomic
def _kept(**facts: object) -> KnownAddress:
    department = department_of(str(facts["postal_code"]))
    row, _ = KnownAddress.objects.get_or_create(**facts, defaults={"department_code": department})
    return row
