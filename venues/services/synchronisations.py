"""A venue authorises a partner's software, pauses it, takes the right back (§9, seed 000)."""

from datetime import timedelta
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Q

from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.registers import feeds
from venues import emails, transitions
from venues.enums import ProviderKind, VenueProviderStatus
from venues.exceptions import (
    AlreadySynchronised,
    CinemaUnknown,
    ProviderNotOffered,
    ProviderSwitchedOff,
    SiretNeeded,
    VenueWithoutAddress,
)
from venues.models import Provider, Venue, VenueProvider, VenueProviderTransition

# « Dernier appel » is exact enough at this step, and a busy till writes once.
USE_STEP = timedelta(minutes=10)


class LinkFacts(TypedDict, total=False):
    """Whom the software's editor and the team call about this venue (seed 000), and what new
    offers of a feed take where it does not say (PRV-07)."""

    account: str
    phone: str
    contact_email: str
    notification_email: str
    new_price_cents: int | None
    new_quantity: int | None


def check_known(*, venue: Venue, provider: Provider) -> None:
    """PRV-05: ask the software whether it knows the venue, before anything is written.

    Slow: never inside a transaction. Raises UnknownAccount, FeedDown or RegisterBusy.
    """
    if provider.has_feed and venue.siret:
        feeds.page_of(
            name=str(provider.pk), url=provider.feed_url, token=provider.feed_token,
            account=venue.siret, limit=1,
        )  # fmt: skip


@transaction.atomic
def authorise_provider(
    *, venue_id: int, provider_id: int, by: Actor, **facts: Unpack[LinkFacts]
) -> VenueProvider:
    """From now on the partner's keys act for this venue (PRV-04, KEY-07).

    A bookshop's or cinema's software makes the place permanent (PRV-08). Partner told by e-mail.
    Raises VenueWithoutAddress, ProviderNotOffered, SiretNeeded and CinemaUnknown (PRV-05),
    AlreadySynchronised (one live link, PRV-03).
    """
    venue = Venue.objects.lock_for_change(venue_id)
    if venue.is_virtual:
        raise VenueWithoutAddress
    provider = Provider.objects.listed().filter(pk=provider_id).first()
    if provider is None:
        raise ProviderNotOffered(field="provider")
    if provider.kind == ProviderKind.BOOKSHOP and not venue.siret:
        raise SiretNeeded
    if provider.kind == ProviderKind.CINEMA:
        pivot = provider.cinema_pivots.filter(venue=venue).first()
        if pivot is None:
            raise CinemaUnknown(provider.name)
        facts["account"] = pivot.identifier
    other = VenueProvider.objects.live().filter(venue=venue).select_related("provider").first()
    if other is not None:
        raise AlreadySynchronised(other.provider.name)
    facts.setdefault("account", venue.siret or "")
    link = VenueProvider.objects.filter(venue=venue, provider=provider).first()
    if link is None:
        link = _create(venue, provider, facts)
        log = transitions.log_link(link, before="", by=by)
    else:
        log = transitions.move_link(
            link, VenueProviderStatus.ACTIVE, by=by, created_at=clock.now(), **facts
        )
    if provider.kind in {ProviderKind.BOOKSHOP, ProviderKind.CINEMA} and not venue.is_permanent:
        venue.is_permanent = True
        venue.save(update_fields=["is_permanent"])
    _tell(link, log)
    return link


def _create(venue: Venue, provider: Provider, facts: LinkFacts) -> VenueProvider:
    try:
        with transaction.atomic():
            return VenueProvider.objects.create(
                venue=venue,
                provider=provider,
                status=VenueProviderStatus.ACTIVE,
                created_at=clock.now(),
                **facts,
            )
    except IntegrityError:
        raise AlreadySynchronised(provider.name) from None


@transaction.atomic
def pause_link(*, link_id: int, by: Actor) -> VenueProvider:
    """The partner acts no more for this venue until it is resumed; told by e-mail (PRV-06).

    Its offers follow in `offers.services.synchronised`, which calls this.
    """
    return _move(link_id, VenueProviderStatus.PAUSED, by)


@transaction.atomic
def resume_link(*, link_id: int, by: Actor) -> VenueProvider:
    """The partner acts again; raises ProviderSwitchedOff when the team stopped it."""
    return _move(link_id, VenueProviderStatus.ACTIVE, by)


@transaction.atomic
def revoke_link(*, link_id: int, by: Actor) -> VenueProvider:
    """The partner acts no more; another one may be chosen. The history stays (PRV-06)."""
    return _move(link_id, VenueProviderStatus.REVOKED, by)


@transaction.atomic
def update_link(*, link_id: int, by: Actor, **facts: Unpack[LinkFacts]) -> VenueProvider:
    """Change the contacts given to the partner."""
    link = VenueProvider.objects.lock_for_change(link_id)
    for name, value in facts.items():
        setattr(link, name, value)
    link.save(update_fields=list(facts))
    return link


def use_link(*, provider_id: int, venue_id: int) -> bool:
    """Whether the partner may act for the venue (API-20); notes the use. One read, rarely a write.

    A suspended structure authorises nobody. Same rule as `VenueQuerySet.open_to_partner`.
    """
    links = VenueProvider.objects.active().filter(
        provider_id=provider_id, venue__offerer__is_active=True
    )
    found = links.filter(venue_id=venue_id).values_list("pk", "last_used_at").first()
    if found is None:
        # The digital venue of a structure goes with its others.
        beside = links.filter(
            venue__offerer__venues=venue_id, venue__offerer__venues__is_virtual=True
        )
        found = beside.values_list("pk", "last_used_at").first()
    if found is None:
        return False
    pk, last_used_at = found
    now = clock.now()
    if last_used_at is None or last_used_at < now - USE_STEP:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USE_STEP)
        VenueProvider.objects.filter(stale, pk=pk).update(last_used_at=now)
    return True


def _move(link_id: int, to: str, by: Actor) -> VenueProvider:
    link = VenueProvider.objects.lock_for_change(link_id)
    if to == VenueProviderStatus.ACTIVE and not link.provider.is_active:
        raise ProviderSwitchedOff
    log = transitions.move_link(link, to, by=by)
    _tell(link, log)
    return link


def _tell(link: VenueProvider, log: VenueProviderTransition) -> None:
    emails.queue_link_changed(link, log)
