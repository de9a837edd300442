"""Allowed moves of offers and bookings; the only writer of their states, each with its line."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from collective.enums import BookingStatus, Change, OfferValidation
from collective.models import (
    CollectiveBooking,
    CollectiveOffer,
    CollectiveTemplate,
    OfferChange,
    TemplateChange,
)
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition

OFFER_MOVES: dict[str, frozenset[str]] = {
    OfferValidation.DRAFT: frozenset({OfferValidation.PENDING, OfferValidation.APPROVED}),
    OfferValidation.PENDING: frozenset({OfferValidation.APPROVED, OfferValidation.REJECTED}),
    OfferValidation.APPROVED: frozenset({OfferValidation.REJECTED}),
    OfferValidation.REJECTED: frozenset(),
}
BOOKING_MOVES: dict[str, frozenset[str]] = {
    BookingStatus.PENDING: frozenset({BookingStatus.CONFIRMED, BookingStatus.CANCELLED}),
    BookingStatus.CONFIRMED: frozenset({BookingStatus.USED, BookingStatus.CANCELLED}),
    # The team may still cancel what is in no payment (§4.9).
    BookingStatus.USED: frozenset({BookingStatus.REIMBURSED, BookingStatus.CANCELLED}),
    # By an incident of finance, which takes the money back (finance.md §15.3).
    BookingStatus.REIMBURSED: frozenset({BookingStatus.CANCELLED}),
    # A pre-booking that expired lives again when the limit moves (§4.6); the team brings back the
    # others (§4.9).
    BookingStatus.CANCELLED: frozenset(
        {BookingStatus.PENDING, BookingStatus.CONFIRMED, BookingStatus.USED}
    ),
}


def shown_status(offer: CollectiveOffer, now: datetime) -> str:
    """The state that screens show, read from the database."""
    found = CollectiveOffer.objects.with_display_status(now).filter(pk=offer.pk)
    return str(found.values_list("display_status", flat=True)[0])


def log_draft(offer: CollectiveOffer, *, by: Actor, why: str = "") -> None:
    """First line of the history of a new offer."""
    _log(offer, "", OfferValidation.DRAFT, by=by, why=why)


def move_offer(offer: CollectiveOffer, to: str, *, by: Actor, why: str = "", **facts: Any) -> None:
    """Write the new validation state, its facts and its line. The caller holds the row lock."""
    if to not in OFFER_MOVES[offer.validation]:
        raise ForbiddenTransition(offer, to)
    now = clock.now()
    before = shown_status(offer, now)
    offer.validation, offer.updated_at = to, now
    for name, value in facts.items():
        setattr(offer, name, value)
    offer.save(update_fields=["validation", "updated_at", *facts])
    _log(offer, before, shown_status(offer, now), by=by, why=why)


def archive(offer: CollectiveOffer, *, by: Actor) -> None:
    """There is no way back (§3.4). The caller holds the row lock."""
    now = clock.now()
    before = shown_status(offer, now)
    offer.archived_at, offer.is_active, offer.updated_at = now, False, now
    offer.save(update_fields=["archived_at", "is_active", "updated_at"])
    _log(offer, before, shown_status(offer, now), by=by)


def open_booking(booking: CollectiveBooking, *, by: Actor) -> None:
    """Insert a pre-booking and its line; the database refuses a second one of the same place."""
    offer, now = booking.stock.offer, clock.now()
    before = shown_status(offer, now)
    booking.save(force_insert=True)
    _log(offer, before, shown_status(offer, now), by=by)


def move_booking(
    booking: CollectiveBooking, to: str, *, by: Actor, why: str = "", **facts: Any
) -> None:
    """Write the new state, its facts and its line. The caller holds the lock of the offer."""
    if to not in BOOKING_MOVES[booking.status]:
        raise ForbiddenTransition(booking, to)
    offer, now = booking.stock.offer, clock.now()
    before = shown_status(offer, now)
    booking.status = to
    for name, value in facts.items():
        setattr(booking, name, value)
    booking.save(update_fields=["status", *facts])
    _log(offer, before, shown_status(offer, now), by=by, why=why)


def reset_booking(booking: CollectiveBooking, *, by: Actor) -> None:
    """The sandbox only: what never happens, back to a pre-booking. The caller holds the lock."""
    offer, now = booking.stock.offer, clock.now()
    before = shown_status(offer, now)
    facts: dict[str, Any] = {
        "status": BookingStatus.PENDING,
        "confirmed_at": None,
        "budget": None,
        "cancelled_at": None,
        "cancellation_reason": "",
    }
    for name, value in facts.items():
        setattr(booking, name, value)
    booking.save(update_fields=list(facts))
    _log(offer, before, shown_status(offer, now), by=by, why="Remise en attente, bac à sable")


def note(offer: CollectiveOffer, kind: str, *, by: Actor, why: str) -> None:
    """A fact changed (limit, price…) and the state stayed."""
    shown = shown_status(offer, clock.now())
    _log(offer, shown, shown, by=by, why=why, kind=kind)


def _log(
    offer: CollectiveOffer,
    before: str,
    after: str,
    *,
    by: Actor,
    why: str = "",
    kind: str = Change.STATUS,
) -> None:
    OfferChange.objects.create(
        offer=offer,
        before=before,
        after=after,
        kind=kind,
        why=why,
        at=clock.now(),
        **by.as_columns(),
    )


def move_many(bookings: list[CollectiveBooking], to: str, *, by: Actor, **facts: Any) -> None:
    """Move locked bookings that are all in one state, with one statement; lines are `log_many`."""
    for status in {booking.status for booking in bookings}:
        if to not in BOOKING_MOVES[status]:
            raise ForbiddenTransition(bookings[0], to)
    CollectiveBooking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(
        status=to, **facts
    )


def log_many(
    lines: Iterable[tuple[int, datetime]], before: str, after: str, *, by: Actor, why: str
) -> None:
    """One line for each (offer id, instant)."""
    OfferChange.objects.bulk_create(
        [
            OfferChange(offer_id=pk, before=before, after=after, at=at, why=why, **by.as_columns())
            for pk, at in lines
        ],
        batch_size=1_000,
    )


def move_template(
    template: CollectiveTemplate, to: str, *, by: Actor, why: str = "", **facts: Any
) -> None:
    """As `move_offer`, of a template. The caller holds the row lock."""
    if to not in OFFER_MOVES[template.validation]:
        raise ForbiddenTransition(template, to)
    _write_template(template, by=by, why=why, validation=to, **facts)


def show_template(template: CollectiveTemplate, *, is_active: bool, by: Actor) -> None:
    """Hide from teachers, or show again (§3.6). The caller holds the row lock."""
    _write_template(template, by=by, is_active=is_active)


def archive_template(template: CollectiveTemplate, *, by: Actor) -> None:
    """There is no way back (§3.6). The caller holds the row lock."""
    _write_template(template, by=by, is_active=False, archived_at=clock.now())


def _write_template(
    template: CollectiveTemplate, *, by: Actor, why: str = "", **columns: Any
) -> None:
    now = clock.now()
    before = str(template.display_status_at(now))
    for name, value in columns.items():
        setattr(template, name, value)
    template.updated_at = now
    template.save(update_fields=[*columns, "updated_at"])
    log_template(template, before, by=by, why=why)


def log_template(template: CollectiveTemplate, before: str, *, by: Actor, why: str = "") -> None:
    """A line of the history, from the state before to the present one."""
    now = clock.now()
    TemplateChange.objects.create(
        template=template,
        before=before,
        after=template.display_status_at(now),
        why=why,
        at=now,
        **by.as_columns(),
    )
