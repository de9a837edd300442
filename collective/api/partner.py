"""Offers for schools as software reads them (public_api.md §5.10; instants are naive UTC, §3.2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from collective.enums import DisplayStatus, LocationKind, OfferValidation
from collective.exceptions import ActionNotAllowed
from collective.models import CollectiveBooking, CollectiveOffer, NationalProgramme
from collective.querysets import CollectiveOfferQuerySet
from collective.services.cancel import cancel_booking
from collective.services.publish import archive_offers
from passpro.kernel import clock, images
from passpro.partner_api.answers import Refused, refused
from passpro.reference.school_projects import FORMATS
from venues.api.door import Call
from venues.api.venues import venues_of

MOST = 500
UNKNOWN = "L'offre collective n'existe pas"
NOT_MADE_HERE = (
    "Vous n'avez pas le droit d'accéder à une ressource que vous n'avez pas créée via cette API"
)


def naive(moment: datetime | None) -> str | None:
    """§3.2: UTC, to the second, without `Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" if moment else None


def _with_facts(offers: QuerySet) -> QuerySet:
    """All that a body says, in three statements whatever their number."""
    bookings = CollectiveBooking.objects.order_by("created_at", "pk")
    return offers.select_related("stock", "venue", "institution").prefetch_related(
        Prefetch("stock__bookings", queryset=bookings)
    )


def offers_of(call: Call) -> CollectiveOfferQuerySet:
    """API-22: made by this software, dated, no draft."""
    rows: CollectiveOfferQuerySet = CollectiveOffer.objects.filter(
        provider=call.provider, stock__isnull=False
    )
    return rows.exclude(validation=OfferValidation.DRAFT)


def offer_of(call: Call, offer_id: int, not_ours: str = NOT_MADE_HERE) -> CollectiveOffer:
    """404 when it does not exist, has no date or its venue cut the link; 403 when not made here."""
    dated = CollectiveOffer.objects.filter(pk=offer_id, stock__isnull=False)
    made = dated.values_list("provider_id", flat=True)
    if not made:
        raise refused(404, **{"global": [UNKNOWN]})
    if made[0] != call.provider.pk:
        raise refused(403, **{"global": [not_ours]})
    found: CollectiveOffer | None = (
        _with_facts(offers_of(call)).filter(pk=offer_id, venue__in=venues_of(call)).first()
    )
    if found is None:
        raise refused(404, **{"global": [UNKNOWN]})
    return found


def list_offers(call: Call) -> list[dict[str, Any]]:
    """§9.3: by id, at most 500; both ends of the period count, a day without hour is whole."""
    query, now = call.query, clock.now()
    rows = offers_of(call)
    if query["venueId"] is not None:
        rows = rows.filter(venue_id=query["venueId"])
    if query["periodBeginningDate"] is not None:
        rows = rows.filter(stock__starts_at__gte=query["periodBeginningDate"])
    if (until := query["periodEndingDate"]) is not None:
        is_day = "T" not in call.request.GET["periodEndingDate"].strip().replace(" ", "T")
        until += timedelta(days=1, microseconds=-1) if is_day else timedelta()
        rows = rows.filter(stock__starts_at__lte=until)
    if query["offerStatus"] is not None:
        rows = rows.with_display_status(now).filter(display_status=query["offerStatus"])
    return [_summary(one, now) for one in _with_facts(rows).order_by("pk")[:MOST]]


def read_offer(call: Call, offer_id: int) -> dict[str, Any]:
    return body_of(offer_of(call, offer_id))


def _summary(offer: CollectiveOffer, now: datetime) -> dict[str, Any]:
    return {
        "id": offer.pk,
        "startDatetime": naive(offer.stock.starts_at),
        "endDatetime": naive(offer.stock.ends_at),
        "offerStatus": offer.display_status_at(now),
        "venueId": offer.venue_id,
        "bookings": [booking_body(one) for one in offer.stock.bookings.all()],
    }


def booking_body(booking: CollectiveBooking) -> dict[str, Any]:
    return {
        "id": booking.pk,
        "status": booking.status,
        "dateCreated": naive(booking.created_at),
        "confirmationDate": naive(booking.confirmed_at),
        "cancellationLimitDate": naive(booking.cancellation_limit_at),
        "reimbursementDate": naive(booking.reimbursed_at),
        "dateUsed": naive(booking.used_at),
    }


def body_of(offer: CollectiveOffer) -> dict[str, Any]:
    """API-212, API-213: extra fees are answered, none can be given yet."""
    stock, now = offer.stock, clock.now()
    price = stock.price_cents / 100
    return _summary(offer, now) | {
        "name": offer.title,
        "description": offer.description,
        "additionalDetails": None,
        "additionalFees": [],
        "audioDisabilityCompliant": offer.audio_accessible,
        "mentalDisabilityCompliant": offer.mental_accessible,
        "motorDisabilityCompliant": offer.motor_accessible,
        "visualDisabilityCompliant": offer.visual_accessible,
        "bookingEmails": offer.booking_emails,
        "bookingLimitDatetime": naive(stock.booking_limit_at),
        "contactEmail": offer.contact_email,
        "contactPhone": offer.contact_phone,
        "dateCreated": naive(offer.created_at),
        "domains": offer.domain_ids,
        "durationMinutes": offer.duration_minutes,
        "educationalInstitution": offer.institution.uai if offer.institution else None,
        "educationalInstitutionId": offer.institution_id,
        "educationalPriceDetail": stock.price_detail or None,
        "formats": [FORMATS[code] for code in offer.formats],
        "hasBookingLimitDatetimesPassed": stock.booking_limit_at <= now,
        "imageCredit": offer.image_credit or None,
        "imageUrl": _image_url(offer),
        "interventionArea": offer.intervention_area,
        "location": _location(offer),
        "nationalProgram": _programme(offer.programme_id),
        "numberOfTeachers": 0,
        "numberOfTickets": stock.participants,
        "price": price,
        "servicePrice": price,
        "students": offer.level_ids,
        "totalPrice": price,
    }


def _image_url(offer: CollectiveOffer) -> str | None:
    address = images.address_of(offer.image_key, 800)
    return settings.SITE_URL.rstrip("/") + address if address else None


def _programme(pk: int | None) -> dict[str, Any] | None:
    found = NationalProgramme.objects.filter(pk=pk).first() if pk else None
    return {"id": found.pk, "name": found.label} if found else None


def _location(offer: CollectiveOffer) -> dict[str, Any]:
    if offer.location == LocationKind.TO_BE_DEFINED:
        return {"type": "TO_BE_DEFINED", "comment": offer.location_comment or None}
    if offer.location == LocationKind.SCHOOL:
        return {"type": "SCHOOL"}
    if offer.known_address_id is None:
        return {"type": "ADDRESS", "isVenueAddress": True}
    return {
        "type": "ADDRESS",
        "isVenueAddress": False,
        "addressId": offer.known_address_id,
        "addressLabel": offer.location_label or None,
    }


def archive(call: Call) -> None:
    """All or nothing (§9.5)."""
    ids = set(call.body["ids"])
    ours = offers_of(call).filter(pk__in=ids, venue__in=venues_of(call))
    if ours.count() != len(ids):
        raise refused(404, ids=["Au moins une des offres n'a pas été trouvée."])
    try:
        archive_offers(offer_ids=sorted(ids), by=call.by)
    except ActionNotAllowed:
        message = "Cette action n'est pas autorisée sur une des offres"
        raise refused(400, **{"global": [message]}) from None


def cancel(call: Call, booking_id: int) -> None:
    """§4.5: the venue's link is enough; a booking used or paid stays."""
    bookings = CollectiveBooking.objects.filter(venue__in=venues_of(call))
    booking = bookings.filter(pk=booking_id).select_related("stock__offer").first()
    if booking is None:
        raise Refused(404, {})
    offer = booking.stock.offer
    last = offer.last_booking()
    if booking.status == "CANCELLED" or last is None or last.pk != booking.pk:
        raise refused(403, booking=["Impossible d'annuler une réservation déjà annulée"])
    if booking.status == "REIMBURSED":
        raise refused(403, booking=["Impossible d'annuler une réservation remboursée"])
    if booking.status == "USED":
        raise refused(403, booking=["Impossible d'annuler une réservation consommée"])
    try:
        cancel_booking(offer_id=offer.pk, by=call.by)
    except ActionNotAllowed:
        raise refused(403, booking=[not_allowed(offer.display_status_at(clock.now()))]) from None


def not_allowed(status: DisplayStatus) -> str:
    """API-111."""
    return f"Cette action n'est pas autorisée car le statut de l'offre est {status.value}"
