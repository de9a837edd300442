"""What time does (§4.6, §4.7, §11): expire, end, remind. Each job may be played again."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from collective import emails, transitions
from collective.enums import BookingStatus, CancellationReason, DisplayStatus, OfferValidation
from collective.models import CollectiveBooking, CollectiveOffer, EntryTicket, OfferChange
from collective.models.offers import AFTER_EVENT
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.outbox import Email, queue_emails

PAGE = 500
_EXPIRY = Actor.job("Date limite de réservation")
_END = Actor.job("Fin de l’événement")


def expire(*, now: datetime) -> dict[str, int]:
    """Cancel the pre-bookings whose limit has passed, tell the partner, write the history.

    Offers that nobody pre-booked get their line too; their state is computed and needs nothing.
    """
    expired = unbooked = 0
    while done := _expire_page(now):
        expired += done
    while done := _note_page(now):
        unbooked += done
    return {"expired": expired, "unbooked": unbooked}


def _lock_offers_of(bookings: Iterable[CollectiveBooking]) -> None:
    ids = sorted(booking.stock.offer_id for booking in bookings)
    list(
        CollectiveOffer.objects.filter(pk__in=ids)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", flat=True)
    )


@transaction.atomic
def _expire_page(now: datetime) -> int:
    due = CollectiveBooking.objects.filter(
        status=BookingStatus.PENDING, confirmation_limit_at__lte=now
    ).order_by("confirmation_limit_at", "pk")
    page = list(due.select_related("stock")[:PAGE])
    _lock_offers_of(page)
    # Again under the locks: a head may have confirmed, a partner moved the limit.
    still = list(due.filter(pk__in=[booking.pk for booking in page]).with_facts())
    transitions.move_many(
        still,
        BookingStatus.CANCELLED,
        by=_EXPIRY,
        cancelled_at=now,
        cancellation_reason=CancellationReason.EXPIRED,
    )
    transitions.log_many(
        [(booking.stock.offer_id, booking.confirmation_limit_at) for booking in still],
        DisplayStatus.PREBOOKED,
        DisplayStatus.EXPIRED,
        by=_EXPIRY,
        why="Le chef d’établissement n’a pas confirmé avant la date limite.",
    )
    told: list[Email] = []
    for booking in still:
        booking.cancelled_at, booking.cancellation_reason = now, CancellationReason.EXPIRED
        told += emails.cancelled(booking)
    queue_emails(told)
    return len(page)


@transaction.atomic
def _note_page(now: datetime) -> int:
    """Published offers whose limit passed: one line, dated of the limit."""
    line = OfferChange.objects.filter(
        offer=OuterRef("pk"),
        after=DisplayStatus.EXPIRED,
        at__gte=OuterRef("stock__booking_limit_at"),
    )
    due = (
        CollectiveOffer.objects.filter(
            validation=OfferValidation.APPROVED,
            is_active=True,
            stock__removed_at__isnull=True,
            stock__booking_limit_at__lte=now,
            stock__starts_at__gt=F("stock__booking_limit_at"),
        )
        .filter(
            ~Exists(CollectiveBooking.objects.of_present_date().filter(stock__offer=OuterRef("pk")))
        )
        .filter(~Exists(line))
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", "stock__booking_limit_at")[:PAGE]
    )
    page = list(due)
    transitions.log_many(
        page,
        DisplayStatus.PUBLISHED,
        DisplayStatus.EXPIRED,
        by=_EXPIRY,
        why="L’enseignant n’a pas préréservé avant la date limite.",
    )
    return len(page)


def use(*, now: datetime) -> dict[str, int]:
    """48 hours after the end, bookings are used: their amount is due (§4.7)."""
    used = 0
    while done := _use_page(now):
        used += done
    return {"used": used}


@transaction.atomic
def _use_page(now: datetime) -> int:
    due = CollectiveBooking.objects.filter(
        status=BookingStatus.CONFIRMED, stock__ends_at__lte=now - AFTER_EVENT
    ).order_by("pk")
    page = list(due.select_related("stock")[:PAGE])
    _lock_offers_of(page)
    still = list(due.filter(pk__in=[booking.pk for booking in page]).select_related("stock"))
    transitions.move_many(still, BookingStatus.USED, by=_END, used_at=now)
    transitions.log_many(
        [(booking.stock.offer_id, now) for booking in still],
        DisplayStatus.BOOKED,
        DisplayStatus.ENDED,
        by=_END,
        why="48 heures après l’événement",
    )
    return len(page)


def remind(*, now: datetime) -> dict[str, int]:
    """Once a day: events of tomorrow, events ended yesterday, limits in three days (§10)."""
    midnight = clock.paris_midnight(clock.paris_day(now))

    def day(ahead: int) -> tuple[datetime, datetime]:
        today = clock.paris_day(now)
        start = clock.paris_midnight(today + timedelta(days=ahead))
        return start, clock.paris_midnight(today + timedelta(days=ahead + 1))

    bookings = CollectiveBooking.objects.with_facts().order_by("pk")
    start, end = day(1)
    coming = bookings.filter(
        status=BookingStatus.CONFIRMED, stock__starts_at__gte=start, stock__starts_at__lt=end
    )
    start, _ = day(-1)
    over = bookings.filter(
        status__in=[BookingStatus.CONFIRMED, BookingStatus.USED],
        stock__ends_at__gte=start,
        stock__ends_at__lt=midnight,
    )
    start, end = day(3)
    waiting = bookings.filter(
        status=BookingStatus.PENDING,
        confirmation_limit_at__gte=start,
        confirmation_limit_at__lt=end,
    )
    return {
        "tomorrow": _write(coming, emails.tomorrow),
        "yesterday": _write(over, emails.yesterday),
        "limit_near": _write(waiting, emails.limit_near),
    }


def _write(
    bookings: Iterable[CollectiveBooking], make: Callable[[CollectiveBooking], list[Email]]
) -> int:
    """Each message once thanks to its key, whatever the number of runs."""
    found = [email for booking in bookings for email in make(booking)]
    with transaction.atomic():
        queue_emails(found)
    return len(found)


def purge_tickets(*, now: datetime) -> dict[str, int]:
    """Used addresses of entry are of no use once expired."""
    return {"purged": EntryTicket.objects.filter(expires_at__lt=now).delete()[0]}
