"""Offers, templates and venues as ADAGE's frame reads them (§7.3): prices in cents."""

from datetime import datetime
from typing import Any

from collective.adage_json import image_url, instant, point_of
from collective.models import CollectiveOffer, CollectiveTemplate, Institution
from collective.models.proposals import Proposal
from passpro.reference.education import DOMAIN_LABELS
from venues.models import Venue


def offer_json(offer: CollectiveOffer, *, is_bookable: bool, now: datetime) -> dict[str, Any]:
    """A bookable offer; `is_bookable` is the answer of the database at `now`."""
    stock, teacher = offer.stock, offer.teacher
    is_sold_out = any(one.status != "CANCELLED" for one in stock.bookings.all())
    return {
        **_common_json(offer),
        "isExpired": stock.booking_limit_at <= now,
        "isSoldOut": is_sold_out,
        "stock": {
            "id": stock.pk,
            "beginningDatetime": instant(stock.starts_at),
            "startDatetime": instant(stock.starts_at),
            "endDatetime": instant(stock.ends_at),
            "bookingLimitDatetime": instant(stock.booking_limit_at),
            "isBookable": is_bookable,
            "price": stock.price_cents,
            "numberOfTickets": stock.participants,
            "educationalPriceDetail": stock.price_detail or None,
        },
        "educationalPriceDetail": stock.price_detail or None,
        "educationalInstitution": _school_json(offer.institution),
        "teacher": {
            "email": teacher.email,
            "firstName": teacher.first_name,
            "lastName": teacher.last_name,
            "civility": teacher.civility or None,
        }
        if teacher
        else None,
        "isFavorite": False,
        "isTemplate": False,
    }


def template_json(template: CollectiveTemplate, *, is_favourite: bool) -> dict[str, Any]:
    """A showcase, annotated with `distance_km`."""
    dates = {"start": instant(template.starts_at), "end": instant(template.ends_at)}
    return {
        **_common_json(template),
        "educationalPriceDetail": template.price_detail or None,
        "dates": dates if template.starts_at else None,
        "contactUrl": template.contact_url or None,
        "contactForm": "form" if template.contact_by_form else None,
        "isFavorite": is_favourite,
        "isTemplate": True,
    }


def partner_json(venue: Venue) -> dict[str, Any]:
    """A line of a list of partners, annotated with `distance_km`."""
    return {
        "img_url": image_url(venue),
        "public_name": venue.public_name or None,
        "name": venue.name,
        "distance": _distance(venue),
        "city": venue.city or None,
        "id": venue.pk,
    }


def _common_json(shown: Proposal) -> dict[str, Any]:
    venue, programme = shown.venue, shown.programme
    return {
        "id": shown.pk,
        "name": shown.title,
        "description": shown.description,
        "subcategoryLabel": "",
        "venue": {
            "id": venue.pk,
            "name": venue.name,
            "publicName": venue.public_name or None,
            "address": venue.street or None,
            "postalCode": venue.postal_code or None,
            "city": venue.city or None,
            "coordinates": point_of(venue),
            "managingOfferer": {"name": venue.offerer.name},
            "adageId": venue.adage_id or None,
            "distance": _distance(shown),
            "imgUrl": image_url(venue),
        },
        "students": shown.level_labels,
        "location": {
            "locationType": shown.location,
            "locationComment": shown.location_comment or None,
            "text": shown.location_text,
        },
        "contactEmail": shown.contact_email or None,
        "contactPhone": shown.contact_phone or None,
        "durationMinutes": shown.duration_minutes,
        "domains": [
            {"id": pk, "name": DOMAIN_LABELS[pk]} for pk in shown.domain_ids if pk in DOMAIN_LABELS
        ],
        "interventionArea": shown.intervention_area,
        "imageUrl": image_url(shown),
        "imageCredit": shown.image_credit or None,
        "nationalProgram": {"id": programme.pk, "name": programme.label} if programme else None,
        "formats": shown.format_labels,
        "audioDisabilityCompliant": shown.audio_accessible,
        "mentalDisabilityCompliant": shown.mental_accessible,
        "motorDisabilityCompliant": shown.motor_accessible,
        "visualDisabilityCompliant": shown.visual_accessible,
    }


def _distance(shown: Any) -> float | None:
    km = getattr(shown, "distance_km", None)
    return None if km is None else round(km, 1)


def _school_json(school: Institution | None) -> dict[str, Any] | None:
    if school is None:
        return None
    return {
        "id": school.pk,
        "name": school.name,
        "institutionType": school.kind,
        "postalCode": school.postal_code,
        "city": school.city,
    }
