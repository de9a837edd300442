"""Offers that a partner's software makes and keeps (public_api.md §4, §5.6, §5.9).

The rules of an offer are those of the portal: draft, details, prices, place, moderation. What is
here is only what a software does that a person does not: no draft to complete, publication in the
same call, its own identifiers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from offers import emails, moderation, transitions
from offers.enums import OfferValidation, WithdrawalType
from offers.exceptions import KeptByAnother, KeyTaken, NoTicketing
from offers.models import Offer
from offers.services.details import OfferDetails, stored_details
from offers.services.draft import draft_offer, update_offer
from offers.services.locking import lock_editable_offer
from offers.services.place import OwnAddress, put_at
from offers.services.publish import hold_back, is_first_of_venue
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import KnownAddress, Provider, Venue, VenueProvider


@dataclass(frozen=True, kw_only=True)
class OwnPlace:
    """An address known by its number, and how people call it there."""

    address: KnownAddress
    label: str = ""

    @property
    def as_address(self) -> OwnAddress:
        known = self.address
        return OwnAddress(
            street=known.street,
            postal_code=known.postal_code,
            city=known.city,
            label=self.label,
            latitude=known.latitude,
            longitude=known.longitude,
            ban_id=known.ban_id,
        )


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a call changes besides the details; a name that is absent stays as it is.

    `more`: provider_key, video_url, booking_allowed_at. `is_moved` says that `place` counts.
    """

    details: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    place: OwnPlace | None = None
    is_moved: bool = False


@transaction.atomic
def draft_for_partner(
    *,
    provider: Provider,
    venue: Venue,
    details: OfferDetails,
    has_ticket: bool,
    changes: Changes,
    by: Actor,
) -> Offer:
    """The draft of a partner's offer, with its identifier and its place; `publish_for_partner`
    ends the call once prices and dates are there.

    Raises NoTicketing (API-170), KeyTaken (API-241), and what `draft_offer` and `put_at` raise.
    """
    if has_ticket:
        _check_ticketing(provider, venue)
    offer = draft_offer(offerer=venue.offerer, venue=venue, details=details, by=by)
    key = changes.more.get("provider_key", "")
    _check_key(offer, key)
    offer.provider = provider
    for name, value in changes.more.items():
        setattr(offer, name, value)
    if has_ticket:
        offer.withdrawal_type, offer.withdrawal_delay_seconds = WithdrawalType.IN_APP, None
    offer.save()
    return _placed(offer, changes, by)


@transaction.atomic
def publish_for_partner(*, offer: Offer, publication_at: datetime | None, by: Actor) -> Offer:
    """Approve the draft, active from `publication_at`; None leaves it switched off (API-61).

    Without a date or a stock too, unlike a person's (API-171). A rule of the team may hold it
    back like any other (MOD-01).
    """
    locked = lock_editable_offer(offer)
    now = clock.now()
    if flags := moderation.flags_of(locked):
        why = "Contrôle avant publication"
        return hold_back(locked, flags, by=by, why=why, publication_at=publication_at)
    is_first = is_first_of_venue(locked)
    transitions.move(
        locked,
        OfferValidation.APPROVED,
        by=by,
        is_active=publication_at is not None,
        publication_at=publication_at or now,
        validated_at=now,
    )
    if is_first:
        emails.queue_first_offer_published(locked)
    return locked


@transaction.atomic
def change_for_partner(*, offer: Offer, provider: Provider, changes: Changes, by: Actor) -> Offer:
    """Change what the partner may (API-101); a field with the value it had changes nothing.

    Raises KeptByAnother (API-100), OfferFrozen (API-102), KeyTaken, and what `update_offer` and
    `put_at` raise.
    """
    locked = lock_own(offer, provider)
    if changes.details:
        details = replace(stored_details(locked), **changes.details)
        if details != stored_details(locked):
            locked = update_offer(offer=locked, details=details, by=by)
    if "provider_key" in changes.more:
        _check_key(locked, changes.more["provider_key"])
    changed = [name for name, value in changes.more.items() if getattr(locked, name) != value]
    if changed:
        for name in changed:
            setattr(locked, name, changes.more[name])
        locked.updated_at = clock.now()
        locked.save(update_fields=[*changed, "updated_at"])
    return _placed(locked, changes, by)


@transaction.atomic
def set_publication(*, offer: Offer, publication_at: datetime | None, by: Actor) -> Offer:
    """Show it from that instant, or hide it (None); any partner of the venue may (§4.1).

    Raises OfferFrozen.
    """
    locked = lock_editable_offer(offer)
    now, before = clock.now(), (locked.is_active, locked.publication_at)
    locked.is_active = publication_at is not None
    is_shown = locked.is_released(now) and before[0]
    if publication_at is not None and not (is_shown and publication_at <= now):
        locked.publication_at = publication_at
    if (locked.is_active, locked.publication_at) != before:
        locked.updated_at = now
        locked.save(update_fields=["is_active", "publication_at", "updated_at"])
        why = "Publication" if locked.is_active else "Mise en pause"
        transitions.note(locked, by=by, why=f"{why} par {by.label}")
    return locked


def lock_own(offer: Offer, provider: Provider) -> Offer:
    """The editable offer under lock, kept by this partner; raises OfferFrozen, KeptByAnother."""
    locked = lock_editable_offer(offer)
    if locked.provider_id != provider.pk:
        raise KeptByAnother
    return locked


def _check_key(offer: Offer, key: str) -> None:
    if not key or key == offer.provider_key:
        return
    # Two calls of one venue with the same value: the second one waits here, then sees the first.
    Venue.objects.lock_for_change(offer.venue_id)
    twins = Offer.objects.filter(venue_id=offer.venue_id, provider_key=key)
    if twins.exclude(pk=offer.pk).exists():
        raise KeyTaken(f"`{key}` is already taken by another venue offer")


def _check_ticketing(provider: Provider, venue: Venue) -> None:
    """API-170, API-250: both addresses, at the venue's link or at the partner."""
    if provider.booking_url and provider.cancel_url:
        return
    links = VenueProvider.objects.active().filter(provider=provider, venue=venue)
    if not links.exclude(booking_url="").exclude(cancel_url="").exists():
        raise NoTicketing


def _placed(offer: Offer, changes: Changes, by: Actor) -> Offer:
    if not changes.is_moved:
        return offer
    place = changes.place
    return put_at(offer=offer, address=place.as_address if place else None, by=by)
