"""The address base as published: GeoJSON of /search/ and /reverse/ (BAN-01)."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings

from passpro.registers.addresses import FoundAddress
from passpro.registers.client import RegisterClient
from passpro.registers.exceptions import RegisterDown

_KINDS = {"housenumber", "street", "locality", "municipality"}
_METRE = Decimal("0.00001")


class HttpAddresses:
    def __init__(self) -> None:
        self.client = RegisterClient(name="addresses", base_url=settings.ADDRESS_BASE_URL)

    def search(self, text: str, *, limit: int, kind: str, postal_code: str) -> list[FoundAddress]:
        params = {"q": text, "limit": str(limit)}
        if kind:
            params["type"] = kind
        if postal_code:
            params["postcode"] = postal_code
        return self._ask("search/", params)

    def reverse(self, latitude: Decimal, longitude: Decimal) -> FoundAddress | None:
        params = {"lat": str(latitude), "lon": str(longitude), "limit": "1"}
        found = self._ask("reverse/", params)
        return found[0] if found else None

    def _ask(self, path: str, params: dict[str, str]) -> list[FoundAddress]:
        answer = self.client.get(path, params)
        if answer.status == 400:
            return []  # a text without letter or number: nothing to find
        if answer.status != 200:
            raise RegisterDown(register="addresses", status=answer.status)
        features = answer.body.get("features")
        if not isinstance(features, list):
            raise RegisterDown(register="addresses", reason="no features")
        return [found for found in map(_read, features) if found is not None]


def _read(feature: Any) -> FoundAddress | None:
    """One feature; None when it lacks what an address needs."""
    try:
        facts = feature["properties"]
        longitude, latitude = feature["geometry"]["coordinates"][:2]
        kind = str(facts["type"])
        if kind not in _KINDS:
            return None
        return FoundAddress(
            label=str(facts["label"]),
            street="" if kind == "municipality" else str(facts["name"]),
            postal_code=str(facts.get("postcode", "")),
            city=str(facts.get("city", "")),
            city_code=str(facts.get("citycode", "")),
            latitude=Decimal(str(latitude)).quantize(_METRE),
            longitude=Decimal(str(longitude)).quantize(_METRE),
            ban_id=str(facts.get("id", "")),
            kind=kind,
            score=float(facts.get("score", 0)),
        )
    except (KeyError, TypeError, ValueError, IndexError, InvalidOperation):
        return None
