"""An event moves to another venue of its structure: an operation of the team (OFF-150, OFF-151).

The use case lives here because money is the highest thing that follows the offer.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from bookings import emails
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.services.withdrawal_news import held_bookings
from finance.enums import PricingStatus
from finance.exceptions import DecisionNeedsReason, OfferStays
from finance.models import FinanceEvent, Pricing, VenuePricingPointLink
from finance.services.locks import lock_pricing_points, money_run
from finance.services.pricing_points import ensure_own_pricing_points, wake_pending
from offers.models import ImportedOffer, Offer, Stock
from offers.search import search_text
from offers.services.locking import lock_offer
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from venues.enums import VenueProviderStatus
from venues.models import Offerer, Venue


@dataclass(frozen=True, slots=True)
class Move:
    """What goes with the offer: live bookings, those already priced, those told by e-mail."""

    bookings: int
    priced: int
    to_tell: int


def venues_for(offer: Offer) -> QuerySet[Venue]:
    """Where it may go: real venues of the structure, its own left out, that a SIRET prices."""
    priced = VenuePricingPointLink.objects.open().filter(pricing_point__siret__isnull=False)
    others = Venue.objects.filter(offerer_id=offer.venue.offerer_id, is_virtual=False)
    # A venue with a SIRET is its own pricing point, written or not yet (§3.2).
    own_or_chosen = Q(siret__isnull=False) | Q(pk__in=priced.values("venue"))
    return others.filter(own_or_chosen).exclude(pk=offer.venue_id).order_by("name", "pk")


def preview_move(*, offer: Offer) -> Move:
    """What would follow now."""
    live = Booking.objects.filter(offer=offer).live()
    priced = Pricing.objects.filter(booking__in=live).exclude(status=PricingStatus.CANCELLED)
    return Move(
        bookings=live.count(), priced=priced.count(), to_tell=held_bookings(offer=offer).count()
    )


def move_offer(
    *, offer: Offer, venue_id: int, reason: str, by: Actor, tell_beneficiaries: bool = False
) -> Move:
    """Give an event to another venue of its structure, its bookings and their money with it.

    Bookings keep dates, prices and countermarks. Uses that are not priced yet are priced at the
    new venue's SIRET; those that are keep their amount, paid to the new venue. With
    `tell_beneficiaries`, whoever holds a booking to come gets an e-mail. To the venue where the
    offer already is: nothing changes. Raises OfferStays (not an event, online, a date has begun,
    money in a payment, a venue that cannot take it), DecisionNeedsReason, MoneyRunBusy.

    Locks the structure, the offer, its dates, then the pricing points; a booking made at the same
    instant waits for the dates, then is made at the new venue (`bookings.services.book`).
    """
    if not reason.strip():
        raise DecisionNeedsReason("Dites pourquoi : le motif est gardé.", field="reason")
    with money_run(), transaction.atomic():
        Offerer.objects.lock_for_change(offer.venue.offerer_id)
        locked = lock_offer(offer)
        if locked.venue_id == venue_id:
            return Move(0, 0, 0)
        dates = list(locked.stocks.order_by("pk").lock_for_booking())
        _check_offer(locked, dates)
        ensure_own_pricing_points(offerer_id=locked.venue.offerer_id)
        target = _target(locked, venue_id)
        move = preview_move(offer=locked)
        source = locked.venue
        _move_money(locked, target)
        _write(locked, target)
        action_log.record(
            locked, ActionLog.Kind.MODIFIED, by=by, why=reason.strip(),
            changes=action_log.differences(
                {"lieu": source.shown_name}, {"lieu": target.shown_name}
            ),
        )  # fmt: skip
        if tell_beneficiaries:
            held = held_bookings(offer=locked).with_mail_data()
            emails.queue_place_changed(
                list(held), former=source.shown_name, stamp=f"{clock.now():%Y%m%dT%H%M%S%f}"
            )
        return move


def _check_offer(offer: Offer, dates: list[Stock]) -> None:
    if not offer.is_event or offer.is_digital:
        raise OfferStays("Seul un événement qui a lieu quelque part change de lieu.")
    now = clock.now()
    if any(
        one.deleted_at is None and one.beginning_at and one.beginning_at <= now for one in dates
    ):
        raise OfferStays(
            "Une date de cet événement est passée : dupliquez l’offre dans l’autre lieu."
        )
    paid = Q(status=BookingStatus.REIMBURSED) | Q(frozen_at__isnull=False)
    if Booking.objects.filter(paid, offer=offer).exists():
        raise OfferStays("Des réservations sont remboursées, ou dans un lot en cours.")


def _target(offer: Offer, venue_id: int) -> Venue:
    target = venues_for(offer).select_related("offerer").filter(pk=venue_id).first()
    if target is None:
        raise OfferStays(
            "Choisissez un autre lieu de la structure, avec un SIRET du barème.", field="venue"
        )
    if target.time_zone != offer.venue.time_zone:
        raise OfferStays(
            "Ce lieu vit à une autre heure : celles des dates ne seraient plus les bonnes.",
            field="venue",
        )
    keeps = target.provider_links.filter(
        provider=offer.provider_id, status=VenueProviderStatus.ACTIVE
    )
    if offer.provider_id and not keeps.exists():
        raise OfferStays(
            f"{offer.provider} garde cette offre et n’est pas autorisé dans ce lieu.",
            field="venue",
        )
    same_key = Offer.objects.filter(venue=target, provider_key=offer.provider_key)
    keys = ImportedOffer.objects.filter(offer=offer).values("key")
    if (offer.provider_key and same_key.exists()) or ImportedOffer.objects.filter(
        venue=target, key__in=keys
    ).exists():
        raise OfferStays("Ce lieu a déjà cette offre, venue de la même source.", field="venue")
    return target


def _move_money(offer: Offer, target: Venue) -> None:
    """OFF-150: what is priced stays so, at the same SIRET; the rest is priced at the new one."""
    point = (
        VenuePricingPointLink.objects.open()
        .filter(venue=target)
        .values_list("pricing_point_id", flat=True)
        .get()
    )
    events = FinanceEvent.objects.filter(booking__offer=offer)
    points = events.filter(pricing_point__isnull=False).values_list("pricing_point_id", flat=True)
    lock_pricing_points({point, *points})
    pricings = Pricing.objects.filter(booking__offer=offer).exclude(status=PricingStatus.CANCELLED)
    if pricings.exclude(pricing_point=point).exists():
        raise OfferStays(
            "Des réservations sont déjà valorisées au SIRET du lieu actuel : choisissez un lieu "
            "qui a le même SIRET du barème.",
            field="venue",
        )
    pricings.update(venue=target)
    ids = list(events.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE finance_financeevent SET venue_id = %(venue)s,
                status = CASE WHEN status = 'READY' THEN 'PENDING' ELSE status END,
                pricing_point_id = CASE WHEN status <> 'READY' THEN pricing_point_id END,
                ordering_at = CASE WHEN status <> 'READY' THEN ordering_at END
            WHERE id = ANY(%(ids)s)
            """,
            {"venue": target.pk, "ids": ids},
        )
    wake_pending(venue_ids=[target.pk])


def _write(offer: Offer, target: Venue) -> None:
    offer.venue = target
    offer.search_text = search_text(offer)
    offer.updated_at = clock.now()
    offer.save(update_fields=["venue", "search_text", "updated_at"])
    Booking.objects.filter(offer=offer).update(venue=target)
    ImportedOffer.objects.filter(offer=offer).update(venue=target)
