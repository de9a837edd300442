"""The private calendar address of a venue: open it, change it, close it."""

import hmac
import logging

from django.db import transaction
from django.utils.crypto import salted_hmac

from bookings.models import CalendarFeed
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import Venue

logger = logging.getLogger(__name__)


@transaction.atomic
def open_feed(*, venue: Venue, by: Actor) -> CalendarFeed:
    """Give the venue an address, or another one: the former stops answering at once.

    The secret is never stored: it is worked out from the number of the address.
    """
    feed, _ = CalendarFeed.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        venue=venue
    )
    feed.number += 1
    feed.opened_at = clock.now()
    feed.save(update_fields=["number", "opened_at"])
    logger.info("A calendar address was opened.", extra={"venue": venue.pk, "by": by.label})
    return feed


@transaction.atomic
def close_feed(*, venue: Venue, by: Actor) -> None:
    """Stop answering; played again it changes nothing. A later address is a new one."""
    CalendarFeed.objects.filter(venue=venue).update(opened_at=None)
    logger.info("A calendar address was closed.", extra={"venue": venue.pk, "by": by.label})


def secret_of(feed: CalendarFeed) -> str:
    """What makes the address private: nobody works it out without the key of the installation."""
    return salted_hmac(
        "bookings.calendar_feed", f"{feed.venue_id}:{feed.number}", algorithm="sha256"
    ).hexdigest()[:40]


def find_feed(*, venue_id: int, secret: str) -> CalendarFeed | None:
    """The open feed of this address, of a structure that is still active; else None."""
    feed = (
        CalendarFeed.objects.select_related("venue__offerer")
        .filter(venue=venue_id, opened_at__isnull=False, venue__offerer__is_active=True)
        .first()
    )
    if feed is None or not hmac.compare_digest(secret_of(feed).encode(), secret.encode()):
        return None
    return feed
