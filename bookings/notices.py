"""What partners are told of the bookings of their offers, by signed calls (BKG-95, API-250 to 262).

The call is a row of the outbox: it leaves after commit, is tried again for a day, and a booking
never waits for it. A venue that stopped its synchronisation has nothing told any more.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from bookings.models import Booking
from passpro.kernel import signing
from passpro.kernel.outbox import Webhook, queue_webhooks
from venues.enums import VenueProviderStatus
from venues.models import VenueProvider

_PAGE = 500


def queue_booked(booking: Booking) -> None:
    """« BOOK », when the partner of the offer has an address and the venue's trust."""
    _queue([booking.pk], "BOOK")


def queue_cancelled(booking_ids: list[int]) -> None:
    """« CANCEL », whoever cancelled, for those of the bookings that are a partner's."""
    _queue(booking_ids, "CANCEL")


def _queue(booking_ids: list[int], action: str) -> None:
    links = VenueProvider.objects.filter(
        venue=OuterRef("venue"),
        provider=OuterRef("offer__provider"),
        status=VenueProviderStatus.ACTIVE,
    )
    told = (
        Booking.objects.filter(Exists(links), pk__in=booking_ids, offer__provider__is_active=True)
        # API-260: the ticketing that sold the places knows already.
        .filter(has_tickets=False)
        .annotate(own_url=Subquery(links.values("notification_url")[:1]))
        .exclude(offer__provider__notification_url="", own_url="")
        .with_desk_data()
        .select_related("offer__provider", "stock__price_category")
        .order_by("pk")
    )
    calls = (_call(booking, action) for booking in told.iterator(chunk_size=_PAGE))
    queue_webhooks(calls)


def _call(booking: Any, action: str) -> Webhook:
    """To the address of the venue's link, else of the partner (API-250)."""
    provider: Any = booking.offer.provider
    text = json.dumps({"action": action} | facts_of(booking), ensure_ascii=False)
    return Webhook(
        event=f"partners/{action.lower()}",
        unique_key=f"partner-{action.lower()}:{booking.pk}",
        url=booking.own_url or provider.notification_url,
        text=text,
        signature=signing.hmac_of(text, provider.signing_key),
        venue_id=booking.venue_id,
        after=f"partner-book:{booking.pk}" if action == "CANCEL" else "",
    )


def facts_of(booking: Booking) -> dict[str, Any]:
    """API-261, without the action; money in cents, instants in naive UTC (§3.2)."""
    offer, venue, person = booking.offer, booking.venue, booking.beneficiary
    born, price = person.date_of_birth, booking.stock.price_category
    return {
        "booking_confirmation_date": _instant(booking.cancellation_limit_at),
        "booking_creation_date": _instant(booking.booked_at),
        "booking_quantity": booking.quantity,
        "offer_ean": str(offer.extra_data.get("ean") or "") or None,
        "offer_id": offer.pk,
        "offer_id_at_provider": offer.provider_key or None,
        "offer_name": offer.title,
        "offer_price": booking.amount_cents,
        "price_category_id": booking.stock.price_category_id,
        "price_category_label": booking.price_category_label or None,
        "price_category_id_at_provider": price.provider_key or None if price else None,
        "stock_id": booking.stock_id,
        "stock_id_at_provider": booking.stock.provider_key or None,
        "user_birth_date": born.isoformat() if born else None,
        "user_email": person.email,
        "user_first_name": person.first_name,
        "user_last_name": person.last_name,
        "user_phone": person.phone or None,
        "venue_id": venue.pk,
        "venue_name": venue.shown_name,
        "venue_address": venue.street or None,
        "venue_department_code": venue.department_code or None,
    }


def _instant(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" if moment else None
