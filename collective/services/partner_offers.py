"""Offers for schools that a partner's software makes and keeps (public_api.md §5.10).

The rules are those of the portal: draft, school, date and price, publication and its checks. What
is here is what a software does and a person does not: no draft to complete, all in one call.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from collective import lifecycle
from collective.enums import DisplayStatus, LocationKind
from collective.models import CollectiveOffer, Institution
from collective.services.common import check_referenced, lock_offer
from collective.services.dates import Terms, set_terms, terms_of
from collective.services.details import (
    Details,
    address_to_school,
    create_draft,
    update_details,
)
from collective.services.images import remove_image, set_image
from collective.services.publish import publish_offer
from passpro.kernel import images
from passpro.kernel.actor import Actor
from passpro.reference.departments import DEPARTMENTS
from venues.models import KnownAddress, Provider, Venue


def details_of(offer: CollectiveOffer) -> Details:
    """The first step as it is stored."""
    return Details(**{one.name: getattr(offer, one.name) for one in fields(Details)})


def place_columns(
    *,
    kind: str,
    venue: Venue,
    address: KnownAddress | None = None,
    label: str = "",
    comment: str = "",
    institution: Institution | None = None,
) -> dict[str, Any]:
    """Where it happens, as `Details` has it (§2.3).

    Without address software names no département: the school's speaks, then the venue's.
    """
    if kind == LocationKind.ADDRESS:
        at = address or venue
        return {
            "location": kind,
            "location_label": label if address else "",
            "location_street": at.street,
            "location_postal_code": at.postal_code,
            "location_city": at.city,
            "location_comment": "",
            "intervention_area": [],
        }
    codes = [institution.department_code if institution else "", venue.department_code]
    return {
        "location": kind,
        "location_label": "",
        "location_street": "",
        "location_postal_code": "",
        "location_city": "",
        "location_comment": comment if kind == LocationKind.TO_BE_DEFINED else "",
        "intervention_area": [code for code in codes if code in DEPARTMENTS][:1],
    }


def create_for_partner(
    *,
    provider: Provider,
    venue: Venue,
    details: Details,
    terms: Terms,
    institution: Institution,
    by: Actor,
    address: KnownAddress | None = None,
    upload: UploadedFile | None = None,
    credit: str = "",
) -> CollectiveOffer:
    """Create and publish at once; the checks of the team may hold it back (§9.4).

    All or nothing, the files of the image too. Raises what `create_draft`, `address_to_school`,
    `set_terms`, `set_image` and `publish_offer` raise.
    """
    key = ""
    try:
        with transaction.atomic():
            offer = create_draft(venue=venue, details=details, by=by)
            offer.provider, offer.known_address = provider, address
            offer.save(update_fields=["provider", "known_address"])
            address_to_school(offer_id=offer.pk, institution=institution, teacher=None, by=by)
            set_terms(offer_id=offer.pk, terms=terms, by=by)
            if upload is not None:
                set_image(of=offer, by=by, upload=upload, credit=credit)
                key = lock_offer(offer.pk).image_key
            return publish_offer(offer_id=offer.pk, by=by)
    except BaseException:
        if key:
            images.delete_files(key)
        raise


@transaction.atomic
def change_for_partner(
    *,
    offer_id: int,
    venue: Venue,
    details: Details,
    terms: Terms,
    address: KnownAddress | None,
    by: Actor,
) -> CollectiveOffer:
    """Write what differs from what is stored; nothing differs, nothing happens (API-60).

    Each fact needs the right of the state shown (API-111). Raises what `update_details` and
    `set_terms` raise.
    """
    offer = lock_offer(offer_id)
    check_referenced(offer.venue.offerer, by=by)
    if details != details_of(offer) or venue.pk != offer.venue_id:
        offer = update_details(offer_id=offer_id, venue=venue, details=details, by=by)
    if address != offer.known_address:
        offer.known_address = address
        offer.save(update_fields=["known_address"])
    stock = lifecycle.stock_of(offer)
    if stock is None or terms_of(stock) != terms:
        set_terms(offer_id=offer_id, terms=terms, by=by)
    return lock_offer(offer_id)


def change_image(
    *, offer: CollectiveOffer, upload: UploadedFile | None, credit: str, by: Actor
) -> None:
    """Another image, or none (§9.5). Raises ImageRefused, ActionNotAllowed."""
    if upload is not None:
        set_image(of=offer, by=by, upload=upload, credit=credit)
    elif offer.image_key:
        remove_image(of=offer, by=by)


def status_of(offer_id: int, now: datetime) -> DisplayStatus:
    """The state shown now, of the row as it is stored."""
    return CollectiveOffer.objects.get(pk=offer_id).display_status_at(now)
