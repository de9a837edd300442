"""What ADAGE is told (§8.1): rows of the outbox, written with the change they tell about.

The notice leaves after commit, is tried again for a day, and no action of a person waits for it or
fails with it. Notices of one booking or offer leave in the order in which they were written.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from collective import adage_client, adage_json
from collective.enums import BookingStatus
from collective.models import CollectiveBooking, CollectiveOffer, CollectiveRequest
from passpro.kernel import outbox
from passpro.kernel.models import OutboxMessage

PREBOOKED = "adage/prereservation"
EDITED = "adage/prereservation-edit"
CANCELLED = "adage/prereservation-annule"
ADDRESSED = "adage/offre-assoc"
REQUESTED = "adage/offre-vitrine"
REFUNDED = "adage/reservation-remboursement"
# ADAGE may know no address to write to; only these three do not mind (§8.1).
_TOLERANT = {PREBOOKED, ADDRESSED, REQUESTED}
TITLES = {
    PREBOOKED: "Préréservation faite",
    EDITED: "Réservation modifiée",
    CANCELLED: "Réservation annulée par le partenaire",
    ADDRESSED: "Offre adressée à un établissement",
    REQUESTED: "Demande d’un enseignant",
    REFUNDED: "Remboursement à l’établissement",
}

# Our columns → the names that ADAGE knows.
_FIELDS = {
    "title": "name",
    "level_ids": "students",
    "domain_ids": "domains",
    "programme_id": "nationalProgramId",
    "duration_minutes": "durationMinutes",
    "contact_email": "contactEmail",
    "contact_phone": "contactPhone",
    "booking_emails": "bookingEmails",
    "intervention_area": "interventionArea",
    "visual_accessible": "visualDisabilityCompliant",
    "mental_accessible": "mentalDisabilityCompliant",
    "motor_accessible": "motorDisabilityCompliant",
    "audio_accessible": "audioDisabilityCompliant",
    "venue": "venueId",
    "starts_at": "startDatetime",
    "ends_at": "endDatetime",
    "booking_limit_at": "bookingLimitDatetime",
    "price_cents": "price",
    "participants": "numberOfTickets",
    "price_detail": "educationalPriceDetail",
}
LIVE = {BookingStatus.PENDING, BookingStatus.CONFIRMED}


def queue_prebooked(booking: CollectiveBooking) -> None:
    _about(booking, PREBOOKED, f"adage-prebooked:{booking.pk}")


def queue_edited(booking: CollectiveBooking | None, columns: Iterable[str]) -> None:
    """Offer, date or price changed while a pre-booking or booking lives; else nothing."""
    if booking is None or booking.status not in LIVE:
        return
    names = sorted({_name(column) for column in columns})
    key = f"adage-edited:{booking.pk}:{uuid.uuid4().hex}"
    _about(booking, EDITED, key, {"updatedFields": names})


def _name(column: str) -> str:
    return "location" if column.startswith("location") else _FIELDS.get(column, column)


def queue_cancelled(booking: CollectiveBooking) -> None:
    """Cancelled by the partner, its software or the team; never by the school, nor by time."""
    stamp = f"{booking.cancelled_at:%Y%m%dT%H%M%S}"
    _about(booking, CANCELLED, f"adage-cancelled:{booking.pk}:{stamp}")


def queue_refunded(
    booking: CollectiveBooking, *, reason: str, cents: int, details: str = ""
) -> None:
    """The school gets money back (§4.9); `reason` is one of ADAGE's three."""
    facts = {
        "reimbursementReason": reason,
        "reimbursedValue": adage_json.euros(cents),
        "reimbursementDetails": details,
    }
    _about(booking, REFUNDED, f"adage-refunded:{booking.pk}:{uuid.uuid4().hex}", facts)


def queue_addressed(offer: CollectiveOffer) -> None:
    """Approved, with its school: once in the life of an offer."""
    _queue(
        ADDRESSED,
        f"adage-addressed:{offer.pk}",
        f"adage:offer:{offer.pk}",
        adage_json.addressed_json(offer),
        f"n° {offer.pk}, {offer.title}",
    )


def queue_requested(request: CollectiveRequest) -> None:
    """A teacher wrote to a partner about a template (§7.8)."""
    template = request.template
    body = {
        "redactorEmail": request.redactor.email,
        "requestPhoneNumber": request.phone or None,
        "requestedDate": request.requested_day.isoformat() if request.requested_day else None,
        "totalStudents": request.students,
        "totalTeachers": request.teachers,
        "offerContactEmail": template.contact_email or None,
        "offerContactPhoneNumber": template.contact_phone or None,
        "offererName": template.venue.offerer.name,
        "venueName": template.venue.shown_name,
        "offerName": template.title,
        "comment": request.comment,
    }
    about = f"n° {request.pk}, {template.title}"
    recipient = f"adage:request:{request.pk}"
    _queue(REQUESTED, f"adage-requested:{request.pk}", recipient, body, about)


def _about(
    booking: CollectiveBooking, event: str, key: str, more: dict[str, Any] | None = None
) -> None:
    body = adage_json.booking_json(booking) | (more or {})
    about = f"n° {booking.pk}, {booking.stock.offer.title}"
    _queue(event, key, f"adage:booking:{booking.pk}", body, about)


def _queue(event: str, key: str, recipient: str, body: dict[str, Any], about: str) -> None:
    if settings.ADAGE_BACKEND == adage_client.OFF:
        return
    outbox.queue(
        kind=OutboxMessage.Kind.ADAGE,
        event=event,
        unique_key=key,
        recipient=recipient,
        payload={
            "subject": f"{TITLES[event]} ({about})",
            "path": "/v1/" + event.removeprefix("adage/"),
            "body": body,
        },
    )


def send(message: OutboxMessage) -> None:
    """Sender of the outbox; raises NotYet behind an older notice, NoticeRefused otherwise."""
    older = OutboxMessage.objects.filter(
        kind=OutboxMessage.Kind.ADAGE,
        recipient=message.recipient,
        state=OutboxMessage.State.WAITING,
        pk__lt=message.pk,
    )
    if older.exists():
        raise outbox.NotYet(message.recipient)
    adage_client.post(
        message.payload["path"],
        message.payload["body"],
        tolerates_no_address=message.event in _TOLERANT,
    )
