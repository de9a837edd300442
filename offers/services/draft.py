"""Create, change and delete the draft of an offer (§2.2, §2.14)."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from offers.enums import OfferValidation
from offers.exceptions import InvalidDetails, MadeByPartner, NoRealVenue, NotADraft
from offers.models import Offer
from offers.partner_rules import open_details
from offers.search import search_text
from offers.services.details import (
    DETAIL_FIELDS,
    OfferDetails,
    check_ean_is_free,
    checked_details,
    known_subcategory,
)
from offers.services.locking import lock_editable_offer, lock_offer
from offers.services.recheck import recheck
from passpro.kernel import clock, images
from passpro.kernel.actor import Actor
from passpro.reference.categories import ONLINE
from venues.exceptions import StructureClosed
from venues.models import Offerer, Venue


@transaction.atomic
def draft_offer(
    *, offerer: Offerer, venue: Venue | None, details: OfferDetails, by: Actor
) -> Offer:
    """Write an inactive DRAFT (OFF-32); online offers go to the structure's virtual venue.

    Raises NoRealVenue, InvalidDetails (field at fault), DuplicateEan, StructureClosed.
    """
    if not offerer.is_open:
        raise StructureClosed("Cette structure est fermée : elle ne crée plus d’offre.")
    place = _place_of(details, offerer, venue)
    details = checked_details(details, venue=place)
    offer = Offer(venue=place, author_id=by.user_id, **_columns(details))
    check_ean_is_free(offer, details)
    offer.search_text = search_text(offer)
    offer.save()
    return offer


@transaction.atomic
def update_offer(
    *, offer: Offer, details: OfferDetails, by: Actor, venue: Venue | None = None
) -> Offer:
    """Change the details of a draft or of a published offer.

    The subcategory and the venue move only while DRAFT (CAT-14, OFF-04): InvalidDetails
    otherwise. A published offer whose text changes is checked again (MOD-05). Raises OfferFrozen,
    DuplicateEan when the EAN changes (CAT-23), MadeByPartner
    when a field that a partner keeps would change (OFF-140). What people changed of it by hand
    stays when the partner writes it again (OFF-143).
    """
    locked = lock_editable_offer(offer)
    if locked.is_limited and by.kind == "USER":
        refuse_partner_fields(locked, details)
        locked.hand_fields = sorted({*locked.hand_fields, *_changed(locked, details)})
    elif locked.is_limited:
        # OFF-143: what somebody changed by hand is kept.
        kept = {name: getattr(locked, name) for name in locked.hand_fields}
        details = replace(details, **kept)
    before, place = locked.extra_data.get("ean"), locked.venue
    text = (locked.title, locked.description)
    if locked.validation == OfferValidation.DRAFT:
        place = _place_of(details, place.offerer, venue or (None if place.is_virtual else place))
        _refuse_other_nature(locked, details)
    elif details.subcategory_id != locked.subcategory_id:
        raise InvalidDetails(
            "La sous-catégorie ne change plus après la publication.", field="subcategory_id"
        )
    elif venue is not None and venue.pk != place.pk:
        raise InvalidDetails("Le lieu ne change plus après la publication.", field="venue")
    details = checked_details(details, venue=place)
    locked.venue = place
    if details.extra_data.get("ean") != before:
        check_ean_is_free(locked, details)
    for name, value in _columns(details).items():
        setattr(locked, name, value)
    locked.search_text = search_text(locked)
    locked.updated_at = clock.now()
    locked.save()
    if (locked.title, locked.description) != text:
        recheck(locked, by=by)
    return locked


def _changed(offer: Offer, details: OfferDetails) -> set[str]:
    return {name for name in DETAIL_FIELDS if getattr(details, name) != getattr(offer, name)}


def refuse_partner_fields(offer: Offer, details: OfferDetails) -> None:
    """OFF-140; raises MadeByPartner naming each field that would change."""
    closed = _changed(offer, details) - open_details(offer)
    if closed:
        raise MadeByPartner(
            f"Ce champ est géré par {offer.provider} : modifiez-le dans ce logiciel.",
            fields=sorted(closed),
        )


@transaction.atomic
def delete_draft(*, offer: Offer, by: Actor) -> None:
    """Really delete a draft with its prices, dates and image (§2.10); raises NotADraft."""
    locked = lock_offer(offer)
    if locked.validation != OfferValidation.DRAFT:
        raise NotADraft
    images.discard(locked.image_key)
    locked.stocks.all().delete()
    locked.delete()


def _columns(details: OfferDetails) -> dict[str, Any]:
    return {name: getattr(details, name) for name in DETAIL_FIELDS}


def _place_of(details: OfferDetails, offerer: Offerer, venue: Venue | None) -> Venue:
    """The venue that holds the offer: virtual for online ones, else the real one chosen."""
    if known_subcategory(details.subcategory_id).where == ONLINE or (details.url and not venue):
        return virtual_venue(offerer)
    if venue is None:
        raise NoRealVenue(field="venue")
    return venue


def _refuse_other_nature(offer: Offer, details: OfferDetails) -> None:
    """Dated prices make no sense for a good, nor the reverse: stocks first, then the nature."""
    if offer.stocks.exists() and (
        known_subcategory(details.subcategory_id).is_event != offer.is_event
    ):
        raise InvalidDetails(
            "Supprimez d’abord les dates ou le stock de ce brouillon pour passer d’un événement "
            "à un bien.",
            field="subcategory_id",
        )


def virtual_venue(offerer: Offerer) -> Venue:
    """The hidden venue of a structure's online offers (§2.3), created the first time."""
    venue, _ = Venue.objects.get_or_create(
        offerer=offerer,
        is_virtual=True,
        defaults={
            "name": f"{offerer.name} - Offre numérique"[:140],
            "department_code": offerer.department_code,
        },
    )
    return venue
