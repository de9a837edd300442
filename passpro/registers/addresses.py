"""The address base (BAN): suggestions while typing, an address for a point, a town's centre.

`settings.ADDRESS_BASE` chooses who answers: `sandbox` (bundled towns, offline), `http` (the real
service) or `off` (nobody: everything is typed by hand, BAN-04). Every function may raise
RegisterDown; callers then let the person type, and keep what was typed.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.core.cache import cache

from passpro.registers.exceptions import RegisterDown

T = TypeVar("T")

# BAN-02: suggestions begin here; the service refuses shorter and longer texts.
MIN_TEXT, MAX_TEXT = 3, 200
# BAN-03: below this, an address is a guess.
GOOD_SCORE = 0.8
CACHE_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """One line of the base; degrees are WGS 84, `kind` is housenumber, street or municipality."""

    label: str
    street: str
    postal_code: str
    city: str
    city_code: str
    latitude: Decimal
    longitude: Decimal
    ban_id: str
    kind: str
    score: float

    def as_json(self) -> dict[str, str]:
        return {
            "label": self.label,
            "street": self.street,
            "postal_code": self.postal_code,
            "city": self.city,
            "latitude": str(self.latitude),
            "longitude": str(self.longitude),
            "ban_id": self.ban_id,
        }


class AddressBackend(Protocol):
    def search(
        self, text: str, *, limit: int, kind: str, postal_code: str
    ) -> list[FoundAddress]: ...

    def reverse(self, latitude: Decimal, longitude: Decimal) -> FoundAddress | None: ...


class _Off:
    """BAN-04: the service is switched off."""

    def search(self, text: str, *, limit: int, kind: str, postal_code: str) -> list[FoundAddress]:
        raise RegisterDown(register="addresses")

    def reverse(self, latitude: Decimal, longitude: Decimal) -> FoundAddress | None:
        raise RegisterDown(register="addresses")


def _backend() -> AddressBackend:
    if settings.ADDRESS_BASE == "http":
        from passpro.registers.addresses_http import HttpAddresses

        return HttpAddresses()
    if settings.ADDRESS_BASE == "sandbox":
        from passpro.registers.addresses_sandbox import SandboxAddresses

        return SandboxAddresses()
    return _Off()


def search(text: str, *, limit: int = 5) -> list[FoundAddress]:
    """Best addresses for what was typed, best first (BAN-02); too short a text finds nothing."""
    text = " ".join(text.split())[:MAX_TEXT]
    if len(text) < MIN_TEXT:
        return []
    return _kept(
        ("search", text.lower(), limit),
        lambda: _backend().search(text, limit=limit, kind="", postal_code=""),
    )


def reverse(latitude: Decimal, longitude: Decimal) -> FoundAddress | None:
    """The address nearest to a point, or None far from any."""
    # Five decimals are a metre; callers keep their own point.
    return _kept(
        ("reverse", f"{latitude:.5f}", f"{longitude:.5f}"),
        lambda: _backend().reverse(latitude, longitude),
    )


def municipality(*, city: str, postal_code: str = "") -> FoundAddress | None:
    """The centre of a town (BAN-03), or None when the base does not know it."""
    city = " ".join(city.split())[:MAX_TEXT]
    if len(city) < MIN_TEXT and not postal_code:
        return None
    found = _kept(
        ("municipality", city.lower(), postal_code),
        lambda: _backend().search(
            city or postal_code, limit=1, kind="municipality", postal_code=postal_code
        ),
    )
    return found[0] if found else None


def locate(*, street: str, postal_code: str, city: str) -> FoundAddress | None:
    """The point of a typed address: the address itself if it is sure, else its town (BAN-03)."""
    text = " ".join(f"{street} {postal_code} {city}".split())
    best = search(text, limit=1) if street.strip() else []
    if best and best[0].score >= GOOD_SCORE:
        return best[0]
    return municipality(city=city, postal_code=postal_code)


def _kept(question: tuple[Any, ...], ask: Callable[[], T]) -> T:
    """The answer, kept a day; a failure is never kept."""
    digest = hashlib.sha256(repr((settings.ADDRESS_BASE, question)).encode()).hexdigest()
    key = f"register:addresses:{digest}"
    kept = cache.get(key)
    if kept is None:
        kept = (ask(),)  # a tuple, so that None and [] are answers too
        cache.set(key, kept, CACHE_SECONDS)
    answer: T = kept[0]
    return answer
