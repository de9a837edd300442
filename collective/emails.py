"""E-mails to the partner about pre-bookings and bookings (§10); hours are local to the venue."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format

from collective.enums import RefundReason
from collective.models import (
    CollectiveBooking,
    CollectiveOffer,
    CollectiveRequest,
    CollectiveTemplate,
)
from passpro.kernel import money
from passpro.kernel.outbox import Email, queue_emails
from passpro.kernel.templatetags.ui import french_date, french_day


def queue_prebooked(booking: CollectiveBooking) -> None:
    """EAC_NEW_PREBOOKING_TO_PRO, with the teacher's name (seed 001)."""
    queue_emails(_to_all("prebooked", booking))


def queue_booked(booking: CollectiveBooking) -> None:
    """EAC_NEW_BOOKING_TO_PRO."""
    queue_emails(_to_all("booked", booking))


def queue_cancelled(booking: CollectiveBooking) -> None:
    """EDUCATIONAL_BOOKING_CANCELLATION: refusal or cancellation by the school, or expiry."""
    queue_emails(cancelled(booking))


def cancelled(booking: CollectiveBooking) -> list[Email]:
    """A pre-booking may expire, live again and expire again: each time is told."""
    return _to_all("cancelled", booking, stamp=_stamp(booking.cancelled_at))


def queue_cancelled_by_partner(booking: CollectiveBooking) -> None:
    """BOOKING_CANCELLATION_CONFIRMATION_BY_PRO."""
    queue_emails(_to_all("cancelled_by_partner", booking, stamp=_stamp(booking.cancelled_at)))


def tomorrow(booking: CollectiveBooking) -> list[Email]:
    """EAC_ONE_DAY_BEFORE_EVENT; a moved date reminds anew."""
    return _to_all("tomorrow", booking, stamp=_stamp(booking.stock.starts_at))


def yesterday(booking: CollectiveBooking) -> list[Email]:
    """EAC_ONE_DAY_AFTER_EVENT."""
    return _to_all("yesterday", booking, stamp=_stamp(booking.stock.ends_at))


def limit_near(booking: CollectiveBooking) -> list[Email]:
    """EAC_PENDING_BOOKING_WITH_BOOKING_LIMIT_DATE_3_DAYS."""
    return _to_all("limit_near", booking, stamp=_stamp(booking.confirmation_limit_at))


def queue_incident(booking: CollectiveBooking, *, reason: str, cents: int, stamp: str) -> None:
    """RETRIEVE_INCIDENT_AMOUNT_ON_COLLECTIVE_BOOKINGS: what is taken back, and why."""
    more = {"taken_back": money.euros(cents), "why": RefundReason(reason).label}
    queue_emails(_to_all("incident", booking, stamp=stamp, more=more))


def queue_decided(offer: CollectiveOffer) -> None:
    """The team approved or refused; to the booking addresses of the offer."""
    institution = offer.institution
    queue_emails(
        Email(
            event="collective/decided",
            unique_key=f"collective-decided:{offer.pk}:{offer.validation}:{to}",
            to=to,
            context={
                "offer": offer.title,
                "number": offer.pk,
                "venue": offer.venue.shown_name,
                "school": institution.full_name if institution else "",
                "is_approved": offer.validation == "APPROVED",
                "reason": offer.rejection_reason,
                "url": _link(offer),
            },
        )
        for to in offer.booking_emails
    )


def queue_template_decided(template: CollectiveTemplate) -> None:
    """As `queue_decided`, of a template, which has no school."""
    queue_emails(
        Email(
            event="collective/decided",
            unique_key=f"collective-template-decided:{template.pk}:{template.validation}:{to}",
            to=to,
            context={
                "offer": template.title,
                "number": template.pk,
                "venue": template.venue.shown_name,
                "school": "",
                "is_approved": template.validation == "APPROVED",
                "reason": template.rejection_reason,
                "url": f"{settings.SITE_URL}/collectif/vitrine/{template.pk}",
            },
        )
        for to in template.booking_emails
    )


def queue_request(request: CollectiveRequest) -> None:
    """EAC_NEW_REQUEST_FOR_OFFER: what a teacher asks, with the link that answers by an offer."""
    template, school, teacher = request.template, request.institution, request.redactor
    queue_emails(
        Email(
            event="collective/request",
            unique_key=f"collective-request:{request.pk}:{to}",
            to=to,
            reply_to=teacher.email,
            context={
                "offer": template.title,
                "venue": template.venue.shown_name,
                "day": date_format(request.requested_day, "j F Y") if request.requested_day else "",
                "students": request.students,
                "teachers": request.teachers,
                "comment": request.comment,
                "phone": request.phone,
                "teacher": f"{teacher.civility} {teacher}".strip(),
                "teacher_email": teacher.email,
                "school": school.full_name,
                "school_town": f"{school.postal_code} {school.city}",
                "url": f"{settings.SITE_URL}/collectif/demande/{request.pk}",
            },
        )
        for to in template.booking_emails
    )


def _to_all(
    event: str, booking: CollectiveBooking, *, stamp: str = "", more: dict[str, Any] | None = None
) -> list[Email]:
    facts = _facts(booking) | (more or {})
    return [
        Email(
            event=f"collective/{event}",
            unique_key=f"collective-{event}:{booking.pk}:{stamp}:{to}",
            to=to,
            reply_to=booking.redactor.email,
            context=facts,
        )
        for to in booking.stock.offer.booking_emails
    ]


def _stamp(moment: datetime | None) -> str:
    return f"{moment:%Y%m%dT%H%M%S}" if moment else ""


def _facts(booking: CollectiveBooking) -> dict[str, Any]:
    stock = booking.stock
    offer, school, teacher = stock.offer, booking.institution, booking.redactor
    zone = booking.venue.time_zone
    return {
        "offer": offer.title,
        "number": offer.pk,
        "venue": booking.venue.shown_name,
        "place": offer.location_text,
        "date": french_date(stock.starts_at, zone),
        "day": french_day(stock.starts_at, zone),
        "price": money.euros(stock.price_cents) if stock.price_cents else "Gratuit",
        "participants": stock.participants,
        "teacher": f"{teacher.civility} {teacher}".strip(),
        "teacher_email": teacher.email,
        "school": school.full_name,
        "school_town": f"{school.postal_code} {school.city}",
        "limit": french_date(booking.confirmation_limit_at, zone),
        "reason": booking.get_cancellation_reason_display(),
        "reason_code": booking.cancellation_reason,
        "cancellation_limit": french_date(booking.cancellation_limit_at, zone),
        "url": _link(offer),
    }


def _link(offer: CollectiveOffer) -> str:
    return f"{settings.SITE_URL}/collectif/offre/{offer.pk}"
