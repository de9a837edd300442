"""Where a partner is called: its own addresses and those of one venue (API-130 to API-133).

Here because events sold with tickets may forbid the change; offers are above partners.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from offers.enums import WithdrawalType
from offers.exceptions import TicketingHalfSet, TicketingStillNeeded
from offers.models import Offer, Stock
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from venues.models import Provider, VenueProvider

_MOST_TOLD = 100


@transaction.atomic
def set_provider_addresses(*, provider_id: int, urls: Mapping[str, str], by: Actor) -> Provider:
    """`urls` has some of notification_url, booking_url, cancel_url; "" takes one away.

    Raises TicketingHalfSet, TicketingStillNeeded (dates to come of a venue without addresses of
    its own).
    """
    provider = Provider.objects.lock_for_change(provider_id)
    own = VenueProvider.objects.active().filter(provider=provider).exclude(booking_url="")
    sold = _sold_with_tickets(provider).exclude(venue__in=own.values("venue"))
    _write(provider, urls, sold, by)
    return provider


@transaction.atomic
def set_venue_addresses(
    *, link: VenueProvider, urls: Mapping[str, str], by: Actor
) -> VenueProvider:
    """The same for one venue, whose addresses go before those of the partner (API-250)."""
    locked = VenueProvider.objects.lock_for_change(link.pk)
    sold = _sold_with_tickets(locked.provider).filter(venue=locked.venue_id)
    _write(locked, urls, sold if not locked.provider.booking_url else sold.none(), by)
    return locked


def _sold_with_tickets(provider: Provider) -> QuerySet[Offer]:
    coming = Stock.objects.live().filter(offer=OuterRef("pk"), beginning_at__gt=clock.now())
    return Offer.objects.filter(
        Exists(coming), provider=provider, withdrawal_type=WithdrawalType.IN_APP
    )


def _write(
    owner: Provider | VenueProvider, urls: Mapping[str, str], sold: QuerySet[Offer], by: Actor
) -> None:
    had = owner.booking_url != ""
    changed = {name: url for name, url in urls.items() if getattr(owner, name) != url}
    for name, url in changed.items():
        setattr(owner, name, url)
    if (owner.booking_url == "") != (owner.cancel_url == ""):
        raise TicketingHalfSet
    if had and owner.booking_url == "":
        waiting = list(sold.order_by("pk").values_list("pk", flat=True)[:_MOST_TOLD])
        if waiting:
            raise TicketingStillNeeded(waiting)
    if changed:
        owner.save(update_fields=list(changed))
        words = ", ".join(sorted(changed))
        action_log.record(owner, ActionLog.Kind.MODIFIED, by=by, why=f"Adresses d’appel : {words}")
