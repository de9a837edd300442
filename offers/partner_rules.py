"""What the portal changes in an offer that a partner's software keeps (§2.14, OFF-140, OFF-143)."""

from offers.models import Offer
from venues.enums import ProviderKind

ACCESSIBILITY = tuple(f"{name}_accessible" for name in ("visual", "mental", "motor", "audio"))
_ALWAYS = frozenset({"public_url", *ACCESSIBILITY})
_DETAILS: dict[str, frozenset[str]] = {ProviderKind.SCREENINGS: _ALWAYS | {"is_duo"}}
_DATES: dict[str, frozenset[str]] = {
    ProviderKind.SCREENINGS: frozenset(
        {"booking_limit_at", "quantity", "price_category", "price_cents"}
    ),
    ProviderKind.CINEMA: frozenset({"booking_limit_at", "quantity"}),
}
_NOTHING: frozenset[str] = frozenset()


def open_details(offer: Offer) -> frozenset[str]:
    """Columns of a kept offer that people may change."""
    return _DETAILS.get(_kind(offer), _ALWAYS)


def open_dates(offer: Offer) -> frozenset[str]:
    """Columns of the dates of a kept offer that people may change; often none."""
    return _DATES.get(_kind(offer), _NOTHING)


def opens_prices(offer: Offer) -> bool:
    """Whether people choose the tariffs of a kept offer."""
    return "price_category" in open_dates(offer)


def _kind(offer: Offer) -> str:
    return offer.provider.kind if offer.provider else ""
