"""The partner's own settings (API-130 to API-133)."""

from collections.abc import Callable
from typing import Any

from offers.exceptions import TicketingHalfSet, TicketingStillNeeded
from offers.services.partner_addresses import set_provider_addresses, set_venue_addresses
from passpro.partner_api.answers import refused
from venues.api.door import Call
from venues.models import Provider, VenueProvider

_NAMES = {
    "notificationUrl": "notification_url",
    "bookingUrl": "booking_url",
    "cancelUrl": "cancel_url",
}
_LONGEST = 1024


def read_provider(call: Call) -> dict[str, Any]:
    return provider_body(call.provider)


def change_provider(call: Call) -> dict[str, Any]:
    urls = _urls_of(call)
    return provider_body(
        _told(lambda: set_provider_addresses(provider_id=call.provider.pk, urls=urls, by=call.by))
    )


def change_venue(call: Call, venue_id: int) -> None:
    urls = _urls_of(call)
    links = VenueProvider.objects.active().filter(venue__offerer__is_active=True)
    link = links.filter(provider=call.provider, venue_id=venue_id).first()
    if link is None:
        raise refused(404, **{"global": "This venue cannot be found"})
    _told(lambda: set_venue_addresses(link=link, urls=urls, by=call.by))


def _urls_of(call: Call) -> dict[str, str]:
    urls = {ours: call.body[sent] or "" for sent, ours in _NAMES.items() if sent in call.body}
    long = {
        sent: [f"ensure this value has at most {_LONGEST} characters"]
        for sent, ours in _NAMES.items()
        if len(urls.get(ours, "")) > _LONGEST
    }
    if long:
        raise refused(400, **long)
    return urls


def _told(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except TicketingHalfSet as half:
        raise refused(400, ticketing_urls=half.message) from None
    except TicketingStillNeeded as needed:
        raise refused(
            400,
            ticketing_urls={
                "description": "You cannot unset `booking_url` and `cancel_url`: events with "
                "tickets still have future dates",
                "blocking_events_ids": needed.offer_ids,
            },
        ) from None


def provider_body(provider: Provider) -> dict[str, Any]:
    return {
        "id": provider.pk,
        "name": provider.name,
        "logoUrl": None,
        "notificationUrl": provider.notification_url or None,
        "bookingUrl": provider.booking_url or None,
        "cancelUrl": provider.cancel_url or None,
    }
