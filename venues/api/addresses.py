"""Addresses by number (API-140 to API-142)."""

from typing import Any

from passpro.partner_api.answers import Refused, refused
from passpro.registers.exceptions import RegisterDown
from venues.api.door import Call
from venues.models import KnownAddress
from venues.services.addresses import know_address, stored_addresses

_DOWN = {"global": ["BAN API is unavailable"]}


def create_address(call: Call) -> dict[str, Any]:
    try:
        return address_body(know_address(**_asked(call.body)))
    except RegisterDown:
        raise Refused(500, _DOWN) from None


def search_addresses(call: Call) -> dict[str, Any]:
    try:
        found = list(stored_addresses(**_asked(call.query))[:50])
    except RegisterDown:
        raise Refused(500, _DOWN) from None
    return {"addresses": [address_body(one) for one in found]}


def read_address(call: Call, address_id: int) -> dict[str, Any]:
    known = KnownAddress.objects.filter(pk=address_id, latitude__isnull=False).first()
    if known is None:
        raise refused(404, address="We could not find any address for the given `id`")
    return address_body(known)


def _asked(sent: dict[str, Any]) -> dict[str, Any]:
    latitude, longitude = sent.get("latitude"), sent.get("longitude")
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        raise refused(400, **{missing: ["field required"]})
    return {
        "street": sent["street"],
        "postal_code": sent["postalCode"],
        "city": sent["city"],
        "latitude": latitude,
        "longitude": longitude,
    }


def address_body(known: KnownAddress) -> dict[str, Any]:
    return {
        "id": known.pk,
        "latitude": float(known.latitude or 0),
        "longitude": float(known.longitude or 0),
        "banId": known.ban_id or None,
        "city": known.city,
        "postalCode": known.postal_code,
        "street": known.street,
    }
