"""Correct what was paid: one person proposes, another one validates (§15)."""

from datetime import datetime

from django.db import transaction

from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.services.incidents import cancel_reimbursed, give_back_part, keep_cancelled
from collective.enums import BookingStatus as SchoolBookingStatus
from collective.models import CollectiveBooking
from collective.services.incidents import cancel_reimbursed as cancel_collective
from collective.services.incidents import tell_partner_taken_back
from finance import emails, transitions
from finance.enums import (
    Compensation,
    EventMotive,
    EventStatus,
    IncidentKind,
    IncidentStatus,
    PricingStatus,
)
from finance.exceptions import (
    AnotherPersonNeeded,
    DecisionNeedsReason,
    IncidentNotOpen,
    IncidentRefused,
    IncidentSettled,
)
from finance.models import BookingFinanceIncident, FinanceEvent, FinanceIncident, Pricing
from finance.services.incident_amounts import gesture_parts, new_total_of_overpayment
from passpro.kernel import clock
from passpro.kernel.actor import Actor


@transaction.atomic
def propose_incident(
    *,
    kind: IncidentKind,
    countermarks: list[str],
    origin: str,
    by: Actor,
    amount_cents: int | None = None,
) -> FinanceIncident:
    """Write an incident to be validated by somebody else; no money moves yet (§15.2).

    `amount_cents`: of an overpayment, what is too much (empty: everything); of a gesture, what the
    venue receives in all. Raises IncidentRefused, DecisionNeedsReason.
    """
    now = clock.now()
    origin = origin.strip()
    if not origin:
        raise DecisionNeedsReason("Dites d’où vient la demande.", field="origin")
    bookings = _bookings_of(countermarks)
    _check(bookings, kind)
    if kind == IncidentKind.COMMERCIAL_GESTURE:
        new_totals = gesture_parts(bookings, amount_cents, now=now)
    else:
        new_totals = new_total_of_overpayment(bookings, amount_cents)
    incident = FinanceIncident.objects.create(
        kind=kind,
        venue_id=bookings[0].venue_id,
        origin=origin,
        created_at=now,
        created_by_id=by.user_id or 0,  # a person: the admin asks
    )
    BookingFinanceIncident.objects.bulk_create(
        BookingFinanceIncident(
            incident=incident,
            booking=booking,
            old_total_cents=booking.total_cents,
            new_total_cents=new_totals[booking.pk],
        )
        for booking in bookings
    )
    transitions.note_incident(incident, now=now, by=by, why=origin, before="")
    return incident


@transaction.atomic
def propose_collective_incident(
    *, kind: IncidentKind, booking_id: int, origin: str, by: Actor
) -> FinanceIncident:
    """Of one school booking: taken back whole, or its full price given as a gesture (§15.2).

    Raises IncidentRefused, DecisionNeedsReason.
    """
    now, origin = clock.now(), origin.strip()
    if not origin:
        raise DecisionNeedsReason("Dites d’où vient la demande.", field="origin")
    found = CollectiveBooking.objects.select_for_update(of=("self",), no_key=True)
    booking = found.select_related("stock").filter(pk=booking_id).first()
    if booking is None:
        raise IncidentRefused("Réservation scolaire inconnue.", field="school_booking")
    is_gesture = kind == IncidentKind.COMMERCIAL_GESTURE
    wanted = SchoolBookingStatus.CANCELLED if is_gesture else SchoolBookingStatus.REIMBURSED
    if booking.status != wanted:
        state = "annulée" if is_gesture else "remboursée"
        raise IncidentRefused(
            f"Seule une réservation scolaire {state} peut être choisie.", field="school_booking"
        )
    if BookingFinanceIncident.objects.filter(collective_booking=booking, is_live=True).exists():
        raise IncidentRefused("Déjà dans un incident.", field="school_booking")
    price = booking.stock.price_cents
    if not price:
        raise IncidentRefused("Cette réservation est gratuite.", field="school_booking")
    incident = FinanceIncident.objects.create(
        kind=kind,
        venue_id=booking.venue_id,
        origin=origin,
        created_at=now,
        created_by_id=by.user_id or 0,  # a person: the admin asks
    )
    BookingFinanceIncident.objects.create(
        incident=incident,
        collective_booking=booking,
        old_total_cents=price,
        new_total_cents=price if is_gesture else 0,
    )
    transitions.note_incident(incident, now=now, by=by, why=origin, before="")
    return incident


def _bookings_of(countermarks: list[str]) -> list[Booking]:
    """The bookings, locked, by id; every unknown or repeated countermark is named."""
    asked = [one.strip().upper() for one in countermarks if one.strip()]
    if not asked:
        raise IncidentRefused("Donnez au moins une contremarque.", field="countermarks")
    found = Booking.objects.select_for_update(of=("self",), no_key=True).select_related(
        "stock", "venue", "deposit"
    )
    bookings = list(found.filter(countermark__in=asked).order_by("pk"))
    unknown = sorted(set(asked) - {booking.countermark for booking in bookings})
    if unknown:
        raise IncidentRefused(
            f"Contremarque inconnue : {', '.join(unknown)}.", field="countermarks"
        )
    return bookings


def _check(bookings: list[Booking], kind: IncidentKind) -> None:
    if len({booking.venue_id for booking in bookings}) > 1:
        raise IncidentRefused(
            "Ces réservations sont de plusieurs lieux : faites un incident par lieu.",
            field="countermarks",
        )
    is_gesture = kind == IncidentKind.COMMERCIAL_GESTURE
    wanted = BookingStatus.CANCELLED if is_gesture else BookingStatus.REIMBURSED
    wrong = [booking.countermark for booking in bookings if booking.status != wanted]
    if wrong:
        raise IncidentRefused(
            f"Seule une réservation {wanted.label.lower()} peut être choisie : "
            f"{', '.join(wrong)} ne l’est pas.",
            field="countermarks",
        )
    taken = BookingFinanceIncident.objects.filter(booking__in=bookings, is_live=True)
    marks = list(taken.order_by("booking").values_list("booking__countermark", flat=True))
    if marks:
        raise IncidentRefused(f"Déjà dans un incident : {', '.join(marks)}.", field="countermarks")
    if is_gesture and len({booking.stock_id for booking in bookings}) > 1:
        raise IncidentRefused(
            "Un geste commercial porte sur une seule date ou un seul stock.", field="countermarks"
        )


def _open_incident(incident_id: int) -> FinanceIncident:
    incident: FinanceIncident = FinanceIncident.objects.lock_for_change(incident_id)
    if incident.status != IncidentStatus.CREATED:
        raise IncidentNotOpen
    return incident


@transaction.atomic
def validate_incident(
    *, incident_id: int, by: Actor, compensation: str = Compensation.NEXT_BATCH
) -> FinanceIncident:
    """The second person: events for the next batch, bookings and credits follow (§15.3, §15.4).

    Raises IncidentNotOpen, AnotherPersonNeeded, IncidentRefused (a booking changed meanwhile).
    """
    now = clock.now()
    incident = _open_incident(incident_id)
    if by.user_id is None or by.user_id == incident.created_by_id:
        raise AnotherPersonNeeded
    items = list(incident.items.select_related("booking").order_by("pk"))
    if incident.kind == IncidentKind.OVERPAYMENT:
        _lower_bookings(items, now=now, by=by)
        _cancel_collective(incident, items, compensation, by=by)
    else:
        _keep_cancelled(items, now=now)
    _write_events(incident, items, now=now)
    transitions.move_incident(
        incident,
        IncidentStatus.VALIDATED,
        now=now,
        by=by,
        why=Compensation(compensation).label if incident.kind == IncidentKind.OVERPAYMENT else "",
        validated_at=now,
        validated_by_id=by.user_id,
        forces_debit_note=incident.kind == IncidentKind.OVERPAYMENT
        and compensation == Compensation.DEBIT_NOTE,
    )
    emails.queue_incident_validated(incident, items)
    return incident


def _lower_bookings(items: list[BookingFinanceIncident], *, now: datetime, by: Actor) -> None:
    """Total: cancelled, all given back. Partial: the difference goes back to the credit."""
    total = [item.booking_id for item in items if item.booking_id and not item.new_total_cents]
    moved = cancel_reimbursed(booking_ids=total, now=now, by=by) if total else []
    done = len(moved) == len(total) and all(
        give_back_part(booking_id=item.booking_id, cents=item.lowered_cents, now=now, by=by)
        for item in items
        if item.booking_id and item.new_total_cents
    )
    if not done:
        raise IncidentRefused("Une réservation a changé depuis la proposition.")


def _cancel_collective(
    incident: FinanceIncident,
    items: list[BookingFinanceIncident],
    compensation: str,
    *,
    by: Actor,
) -> None:
    """The school's budget has its money again; the partner is told unless a debit note asks."""
    for item in items:
        if item.collective_booking_id and not cancel_collective(
            booking_id=item.collective_booking_id,
            details=incident.origin,
            tells_partner=compensation != Compensation.DEBIT_NOTE,
            by=by,
        ):
            raise IncidentRefused("La réservation scolaire a changé depuis la proposition.")


def _keep_cancelled(items: list[BookingFinanceIncident], *, now: datetime) -> None:
    ids = [item.booking_id for item in items if item.booking_id]
    if keep_cancelled(booking_ids=ids, now=now) != len(ids):
        raise IncidentRefused("Une réservation a changé depuis la proposition.")


def _write_events(
    incident: FinanceIncident, items: list[BookingFinanceIncident], *, now: datetime
) -> None:
    """§2.3, §15.3-1: value and ordering date are the validation instant."""
    points = {
        (pricing.booking_id, pricing.collective_booking_id): pricing.pricing_point_id
        for pricing in Pricing.objects.paid_for(items)
    }
    current = incident.venue.pricing_point_links.open().first()
    for item in items:
        point = points.get((item.booking_id, item.collective_booking_id)) or (
            current and current.pricing_point_id
        )
        if point is None:
            raise IncidentRefused("Ce lieu doit d’abord choisir le SIRET qui fixe son taux.")
        FinanceEvent.objects.bulk_create(
            FinanceEvent(
                incident_item=item,
                venue=incident.venue,
                pricing_point_id=point,
                motive=motive,
                status=EventStatus.READY,
                value_at=now,
                ordering_at=now,
                created_at=now,
            )
            for motive in _motives(incident, item)
        )


def _motives(incident: FinanceIncident, item: BookingFinanceIncident) -> list[EventMotive]:
    if incident.kind == IncidentKind.COMMERCIAL_GESTURE:
        return [EventMotive.INCIDENT_GESTURE]
    partial = [EventMotive.INCIDENT_NEW_PRICE] if item.new_total_cents else []
    return [EventMotive.INCIDENT_REVERSAL, *partial]


@transaction.atomic
def cancel_incident(*, incident_id: int, by: Actor, why: str) -> FinanceIncident:
    """§15.3-6: only before it is validated, with a comment. Raises IncidentNotOpen."""
    incident = _open_incident(incident_id)
    if not why.strip():
        raise DecisionNeedsReason("Dites pourquoi : le motif est gardé.", field="reason")
    incident.items.update(is_live=False)
    transitions.move_incident(
        incident, IncidentStatus.CANCELLED, now=clock.now(), by=by, why=why.strip()
    )
    return incident


@transaction.atomic
def choose_compensation(*, incident_id: int, compensation: str, by: Actor) -> FinanceIncident:
    """§15.3-7: debit note or next payments, until the money is taken. Raises IncidentSettled."""
    incident: FinanceIncident = FinanceIncident.objects.lock_for_change(incident_id)
    is_taken = FinanceEvent.objects.filter(
        incident_item__incident=incident,
        pricings__status__in=[PricingStatus.PROCESSED, PricingStatus.INVOICED],
    )
    is_overpayment = incident.kind == IncidentKind.OVERPAYMENT
    if incident.status != IncidentStatus.VALIDATED or not is_overpayment or is_taken.exists():
        raise IncidentSettled
    forces = compensation == Compensation.DEBIT_NOTE
    if incident.forces_debit_note == forces:
        return incident
    incident.forces_debit_note = forces
    incident.save(update_fields=["forces_debit_note"])
    why = Compensation(compensation).label
    transitions.note_incident(incident, now=clock.now(), by=by, why=why)
    if not forces:
        items = list(incident.items.select_related("booking", "collective_booking__stock"))
        emails.queue_incident_to_venue(incident, items)
        for item in items:
            if item.collective_booking:
                stamp = f"finance-{incident.logs.count()}"
                tell_partner_taken_back(item.collective_booking, stamp=stamp)
    return incident
