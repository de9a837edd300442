"""A structure closes or is suspended: what becomes of the bookings of schools (§2.3)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from collective import emails, notices, transitions
from collective.enums import BookingStatus, CancellationReason
from collective.models import CollectiveBooking, CollectiveOffer
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.enums import OffererStatus
from venues.exceptions import StructureHasBookings
from venues.models import Offerer

PAGE = 100
# An event that has just taken place will be paid; the class was there.
JUST_TAKEN_PLACE = timedelta(days=3)
_ALIVE = (BookingStatus.PENDING, BookingStatus.CONFIRMED)
_CLOSING = Actor.job("Structure fermée")


def refuse_suspension(offerer: Offerer) -> None:
    """A class still expected keeps its structure from being suspended (StructureHasBookings)."""
    alive = CollectiveBooking.objects.filter(venue__offerer=offerer, status__in=_ALIVE)
    if count := alive.count():
        raise StructureHasBookings(count, kind="réservation scolaire")


def cancel_of_closed(*, now: datetime, offerer_id: int | None = None) -> dict[str, int]:
    """Cancel what nobody will honour, page by page; killed and played again, the same result.

    Pre-bookings and bookings of closed and refused structures, but those of an event of the last
    three days. Budgets are given back; the partner's addresses are told, and ADAGE.
    """
    cancelled = 0
    while page := _cancel_page(now, offerer_id):
        cancelled += page
    return {"cancelled": cancelled}


def _doomed(now: datetime, offerer_id: int | None) -> QuerySet[CollectiveBooking]:
    bookings = CollectiveBooking.objects.filter(
        Q(stock__starts_at__gt=now) | Q(stock__ends_at__lt=now - JUST_TAKEN_PLACE),
        status__in=_ALIVE,
        venue__offerer__status__in=[OffererStatus.CLOSED, OffererStatus.REJECTED],
    )
    return bookings if offerer_id is None else bookings.filter(venue__offerer_id=offerer_id)


@transaction.atomic
def _cancel_page(now: datetime, offerer_id: int | None) -> int:
    doomed = _doomed(now, offerer_id).order_by("pk")
    offers = sorted(doomed.values_list("stock__offer_id", flat=True)[:PAGE])
    rows = CollectiveOffer.objects.filter(pk__in=offers).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    # Again under the locks: a school may have cancelled meanwhile.
    still = _doomed(now, offerer_id).filter(stock__offer__in=offers)
    found = list(CollectiveBooking.objects.filter(pk__in=still.values("pk")).with_facts())
    for booking in found:
        transitions.move_booking(
            booking,
            BookingStatus.CANCELLED,
            by=_CLOSING,
            why="Structure fermée",
            cancelled_at=now,
            cancellation_reason=CancellationReason.OFFERER,
        )
        emails.queue_cancelled_by_partner(booking)
        notices.queue_cancelled(booking)
    return len(found)


def cancel_job(*, now: datetime) -> dict[str, int]:
    """Hourly: what a worker that died, or a booking made during a closing, left behind."""
    return cancel_of_closed(now=now)


def cancel_now(offerer_id: int) -> None:
    """Right after a closing."""
    cancel_of_closed(now=clock.now(), offerer_id=offerer_id)
