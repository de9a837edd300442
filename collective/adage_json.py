"""What ADAGE reads of bookings, offers, venues: its keys, dates in UTC, amounts in euros (§6)."""

from datetime import datetime
from typing import Any

from django.conf import settings

from collective.enums import BookingStatus, CancellationReason, LocationKind
from collective.models import CollectiveBooking, CollectiveOffer, CollectiveStock, Redactor
from passpro.kernel import images
from passpro.reference.education import DOMAIN_LABELS
from venues.models import TeacherInfo, Venue

_REFUSED = {CancellationReason.REFUSED_BY_INSTITUTE, CancellationReason.REFUSED_BY_HEADMASTER}
_ACCESS = (
    ("audio_accessible", "Auditif"),
    ("mental_accessible", "Psychique ou cognitif"),
    ("motor_accessible", "Moteur"),
    ("visual_accessible", "Visuel"),
)


def instant(moment: datetime | None) -> str | None:
    """« 2026-05-28T12:30:00Z »."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None


def euros(cents: int) -> float:
    return cents / 100


def year_id(code: str) -> int | str:
    """ADAGE's own number of a school year, an integer whenever it is one."""
    return int(code) if code.isdigit() else code


def status_of(booking: CollectiveBooking) -> str:
    """§6.4: paid is USED; a cancellation by the school is REFUSED."""
    if booking.status == BookingStatus.REIMBURSED:
        return str(BookingStatus.USED)
    if booking.status == BookingStatus.CANCELLED and booking.cancellation_reason in _REFUSED:
        return "REFUSED"
    return str(booking.status)


def redactor_json(redactor: Redactor) -> dict[str, Any]:
    return {
        "email": redactor.email,
        "redactorFirstName": redactor.first_name,
        "redactorLastName": redactor.last_name,
        "redactorCivility": redactor.civility or None,
    }


def booking_json(booking: CollectiveBooking) -> dict[str, Any]:
    """The full booking (§6.4); of a row read `with_adage_facts`."""
    offer = booking.stock.offer
    return {
        "id": booking.pk,
        "status": status_of(booking),
        "cancellationReason": booking.cancellation_reason or None,
        "UAICode": booking.institution.uai,
        "yearId": year_id(booking.year.code),
        "redactor": redactor_json(booking.redactor),
        "creationDate": instant(booking.created_at),
        "confirmationDate": instant(booking.confirmed_at),
        "confirmationLimitDate": instant(booking.confirmation_limit_at),
        "cancellationDate": instant(booking.cancelled_at),
        "cancellationLimitDate": instant(booking.cancellation_limit_at),
        "expirationDate": None,
        "venueId": booking.venue_id,
        "offererName": booking.venue.offerer.name,
        "accessibility": ", ".join(word for name, word in _ACCESS if getattr(offer, name))
        or "Non accessible",
        "domainIds": offer.domain_ids,
        "domainLabels": offer.domain_labels,
        "interventionArea": [code.rjust(3, "0") for code in offer.intervention_area],
        "formats": offer.format_labels,
        "imageUrl": image_url(offer),
        "imageCredit": getattr(offer, "image_credit", "") or None,
        "url": f"{settings.SITE_URL}/adage/offre/{offer.pk}",
        **_event_json(offer, booking.stock, booking.venue),
        **_split_json(offer, booking.stock),
    }


def _split_json(offer: CollectiveOffer, stock: CollectiveStock) -> dict[str, Any]:
    """How the price is made, and the practical information; without a split, one service."""
    service = stock.price_cents if stock.service_price_cents is None else stock.service_price_cents
    return {
        "servicePrice": euros(service),
        "additionalFees": [
            {"type": fee.kind, "amount": euros(fee.amount_cents), "label": fee.label or None}
            for fee in stock.fees.all()
        ],
        "numberOfTeachers": stock.teachers,
        "additionalDetails": offer.additional_details or None,
    }


def addressed_json(offer: CollectiveOffer) -> dict[str, Any]:
    """An offer that a school may now pre-book (§8.1, « offre-assoc »)."""
    assert offer.institution is not None
    return {
        "UAICode": offer.institution.uai,
        "id": offer.pk,
        "redactor": redactor_json(offer.teacher) if offer.teacher else None,
        **_event_json(offer, offer.stock, offer.venue),
    }


def _event_json(offer: CollectiveOffer, stock: CollectiveStock, venue: Venue) -> dict[str, Any]:
    price = euros(stock.price_cents)
    return {
        "name": offer.title,
        "description": offer.description,
        "durationMinutes": offer.duration_minutes,
        "beginningDatetime": instant(stock.starts_at),
        "startDatetime": instant(stock.starts_at),
        "endDatetime": instant(stock.ends_at),
        "price": price,
        "totalAmount": price,
        "quantity": 1,
        "numberOfTickets": stock.participants,
        "priceDetail": stock.price_detail or None,
        "participants": offer.level_labels,
        "address": offer.location_text,
        **_place_json(offer, venue),
        "venueTimezone": venue.time_zone,
        "venueName": venue.shown_name,
        "contact": {"email": offer.contact_email or None, "phone": offer.contact_phone or None},
        "subcategoryLabel": "",
        "isDigital": False,
        "withdrawalDetails": None,
    }


def _place_json(offer: CollectiveOffer, venue: Venue) -> dict[str, Any]:
    """Town and point of the event's address when there is one, else of the venue (§6.4)."""
    is_elsewhere = offer.location == LocationKind.ADDRESS and (
        offer.location_street, offer.location_postal_code, offer.location_city
    ) != (venue.street, venue.postal_code, venue.city)  # fmt: skip
    if is_elsewhere:
        # The point of an address typed by hand is not known.
        return {
            "city": offer.location_city,
            "postalCode": offer.location_postal_code,
            "coordinates": {"latitude": None, "longitude": None},
        }
    return {"city": venue.city, "postalCode": venue.postal_code, "coordinates": point_of(venue)}


def point_of(venue: Venue) -> dict[str, float | None]:
    return {
        "latitude": float(venue.latitude) if venue.latitude is not None else None,
        "longitude": float(venue.longitude) if venue.longitude is not None else None,
    }


def image_url(shown: Any) -> str | None:
    """Full address of the image of an offer or venue, when it has one."""
    key = getattr(shown, "image_key", "")
    return settings.SITE_URL + images.address_of(key, 640) if key else None


def light_json(booking: CollectiveBooking) -> dict[str, Any]:
    """A line of the list of all schools (§6.5)."""
    stock, offer = booking.stock, booking.stock.offer
    return {
        "id": booking.pk,
        "UAICode": booking.institution.uai,
        "status": status_of(booking),
        "cancellationReason": booking.cancellation_reason or None,
        "confirmationLimitDate": instant(booking.confirmation_limit_at),
        "totalAmount": euros(stock.price_cents),
        "price": euros(stock.price_cents),
        "numberOfTickets": stock.participants,
        "confirmationDate": instant(booking.confirmed_at),
        "beginningDatetime": instant(stock.starts_at),
        "startDatetime": instant(stock.starts_at),
        "endDatetime": instant(stock.ends_at),
        "venueTimezone": booking.venue.time_zone,
        "venueId": booking.venue_id,
        "venueName": booking.venue.shown_name,
        "offererName": booking.venue.offerer.name,
        "name": offer.title,
        "redactorEmail": booking.redactor.email,
        "domainIds": offer.domain_ids,
        "domainLabels": offer.domain_labels,
        "formats": offer.format_labels,
        **_split_json(offer, stock),
    }


def venue_json(venue: Venue) -> dict[str, Any]:
    """A place as ADAGE lists partners (§6.6); what teachers are told goes first."""
    info: TeacherInfo | None = getattr(venue, "teacher_info", None)
    return {
        "id": venue.pk,
        "name": venue.name,
        "publicName": venue.public_name or None,
        "siret": venue.siret,
        "siren": venue.offerer.siren,
        "address": venue.street or None,
        "city": venue.city or None,
        **point_of(venue),
        "description": venue.description or None,
        "collectiveDescription": (info.description if info else "") or None,
        "adageId": venue.adage_id or None,
        "email": (info.email if info else "") or venue.contact_email or None,
        "website": (info.website if info else "") or venue.website or None,
        "phoneNumber": (info.phone if info else "") or venue.phone or None,
        "audioDisabilityCompliant": venue.audio_accessible,
        "mentalDisabilityCompliant": venue.mental_accessible,
        "motorDisabilityCompliant": venue.motor_accessible,
        "visualDisabilityCompliant": venue.visual_accessible,
        "domains": [
            {"id": pk, "name": DOMAIN_LABELS[pk]}
            for pk in (info.domain_ids if info else [])
            if pk in DOMAIN_LABELS
        ],
        "interventionArea": [
            code.rjust(3, "0") if code[:1].isdigit() else code
            for code in (info.mobility if info else [])
        ],
        "network": (info.network_ids if info else []) or None,
        "statusId": (info.legal_status if info else "") or None,
        "label": {"id": venue.label, "name": venue.label_name} if venue.label else None,
        "isPermanent": venue.is_permanent,
        "isAdmin": venue.activity == "ADMINISTRATIVE",
        "offerer": {"id": venue.offerer_id, "name": venue.offerer.name},
        "bannerUrl": image_url(venue),
        "bannerMeta": None,
    }
