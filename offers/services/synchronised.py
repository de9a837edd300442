"""A venue stops or resumes the software that keeps its offers: what becomes of them (PRV-06).

The use case lives here because offers are the highest thing it changes; the authorisation itself
is written by `venues.services.synchronisations`.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from offers import transitions
from offers.enums import OfferValidation
from offers.models import Offer, OfferTransition
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.enums import ProviderKind, VenueProviderStatus
from venues.models import VenueProvider
from venues.services import synchronisations as links
from venues.services.lifecycle import refuse_while_closing

STOPPED = "Synchronisation arrêtée"
RESUMED = "Synchronisation reprise"


@transaction.atomic
def pause_synchronisation(*, link_id: int, by: Actor) -> int:
    """The software acts no more and its offers leave the catalogue; bookings stay. How many left.

    Raises ForbiddenTransition.
    """
    return _hide(links.pause_link(link_id=link_id, by=by), by)


@transaction.atomic
def revoke_synchronisation(*, link_id: int, by: Actor) -> int:
    """Like a pause, for good: another software may be chosen (PRV-03).

    Raises ForbiddenTransition.
    """
    return _hide(links.revoke_link(link_id=link_id, by=by), by)


@transaction.atomic
def resume_synchronisation(*, link_id: int, by: Actor) -> int:
    """The software acts again, and the offers that its stop had hidden come back; how many did.

    An offer that somebody paused by hand stays so. Raises ProviderSwitchedOff, StructureClosing.
    """
    refuse_while_closing(
        VenueProvider.objects.filter(pk=link_id).values_list("venue__offerer_id", flat=True)
    )
    link = links.resume_link(link_id=link_id, by=by)
    last = OfferTransition.objects.filter(offer=OuterRef("pk")).order_by("-at", "-pk")
    hidden = kept_by(link).filter(is_active=False).alias(why=Subquery(last.values("why")[:1]))
    return _switch(hidden.filter(why=STOPPED), is_active=True, why=RESUMED, by=by)


def kept_by(link: VenueProvider) -> QuerySet[Offer]:
    """Published offers that this software keeps at this venue; an agenda only began its drafts."""
    return Offer.objects.filter(
        venue_id=link.venue_id, provider_id=link.provider_id, validation=OfferValidation.APPROVED
    ).exclude(provider__kind=ProviderKind.CALENDAR)


def kept_without_right() -> Q:
    """OFF-131: offers whose software may no longer act at their venue; nobody shows them again."""
    live = VenueProvider.objects.filter(
        venue=OuterRef("venue"), provider=OuterRef("provider"), status=VenueProviderStatus.ACTIVE
    )
    return Q(provider__isnull=False) & ~Q(Exists(live))


def _hide(link: VenueProvider, by: Actor) -> int:
    return _switch(kept_by(link).filter(is_active=True), is_active=False, why=STOPPED, by=by)


def _switch(offers: QuerySet[Offer], *, is_active: bool, why: str, by: Actor) -> int:
    locked = offers.order_by("pk").select_for_update(of=("self",), no_key=True)
    ids = list(locked.values_list("pk", flat=True))
    Offer.objects.filter(pk__in=ids).update(is_active=is_active, updated_at=clock.now())
    transitions.note_many(ids, OfferValidation.APPROVED, by=by, why=why)
    return len(ids)
