"""Structures and venues that authorised the partner (API-150 to API-152)."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from passpro.partner_api import contract
from passpro.partner_api.answers import instant, refused
from venues.api.door import Call
from venues.models import Offerer, Venue, VenueProvider

_SIRET = re.compile(r"^\d{14}$", re.ASCII)
NOT_FOUND = "Venue cannot be found"


def venues_of(call: Call) -> Any:
    """The one set of venues that a key sees."""
    return Venue.objects.open_to_key(call.key)


def offerer_venues(call: Call) -> list[dict[str, Any]]:
    """API-150; an unknown SIREN gives an empty list."""
    venues = venues_of(call).select_related("offerer").order_by("offerer_id", "pk")
    if siren := call.query["siren"]:
        venues = venues.filter(offerer__siren=siren)
    rows = list(venues)
    links = links_of(call, rows)
    return [
        {
            "offerer": offerer_body(offerer, venues=list(places)),
            "venues": [
                venue_body(one, links.get(one.pk)) for one in rows if one.offerer == offerer
            ],
        }
        for offerer, places in groupby(rows, key=lambda one: one.offerer)
    ]


def venue_by_siret(call: Call, siret: str) -> dict[str, Any]:
    """API-151."""
    if not _SIRET.match(siret):
        raise refused(400, siret=['string does not match regex "^\\d{14}$"'])
    venue = venues_of(call).filter(siret=siret).first()
    if venue is None:
        raise refused(404, **{"global": NOT_FOUND})
    return venue_body(venue, links_of(call, [venue]).get(venue.pk))


def all_venues(call: Call) -> list[dict[str, Any]]:
    """The list of 2024, without its structures."""
    rows = list(venues_of(call).order_by("pk"))
    links = links_of(call, rows)
    return [venue_body(one, links.get(one.pk)) for one in rows]


def links_of(call: Call, venues: Iterable[Venue]) -> dict[int, VenueProvider]:
    """The partner's link to each of these venues."""
    links = VenueProvider.objects.active().filter(
        provider=call.provider, venue__in=[one.pk for one in venues]
    )
    return {link.venue_id: link for link in links}


def offerer_body(offerer: Offerer, *, venues: list[Venue]) -> dict[str, Any]:
    return {
        "id": offerer.pk,
        "createdDatetime": instant(offerer.created_at),
        "name": offerer.name,
        "siren": offerer.siren,
        "allowedOnAdage": any(one.is_referenced_for_schools for one in venues),
    }


def venue_body(venue: Venue, link: VenueProvider | None) -> dict[str, Any]:
    """API-152; the three addresses are those of the link, not those of the partner."""
    kinds = contract.enums()["VenueType"]
    return {
        "id": venue.pk,
        "siret": venue.siret,
        "siretComment": venue.comment or None,
        "createdDatetime": instant(venue.created_at),
        "location": {"type": "digital"}
        if venue.is_virtual
        else {
            "type": "physical",
            "address": venue.street or None,
            "city": venue.city or None,
            "postalCode": venue.postal_code or None,
        },
        "legalName": venue.name,
        "publicName": venue.public_name or None,
        "activityDomain": "DIGITAL"
        if venue.is_virtual
        else (venue.activity if venue.activity in kinds else "OTHER"),
        "accessibility": {
            "audioDisabilityCompliant": venue.audio_accessible,
            "mentalDisabilityCompliant": venue.mental_accessible,
            "motorDisabilityCompliant": venue.motor_accessible,
            "visualDisabilityCompliant": venue.visual_accessible,
        },
        "notificationUrl": (link.notification_url or None) if link else None,
        "bookingUrl": (link.booking_url or None) if link else None,
        "cancelUrl": (link.cancel_url or None) if link else None,
    }
