"""Cancel the goods that nobody collected, and tell both sides once."""

from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, When

from bookings import emails, transitions
from bookings.cancellation import expiry_delay
from bookings.constants import EXPIRY_MAIL_LOOK_BACK, EXPIRY_PAGE, LETTERS_AT_ONCE
from bookings.enums import BookingStatus, CancellationReason
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from bookings.services.release import lock_counters, release
from passpro.accounts.notifications import EXPIRY
from passpro.kernel.actor import Actor
from passpro.kernel.outbox import queue_emails
from passpro.reference.categories import SUBCATEGORIES

# What the letters say of each line, as plain rows: instances of four models would be most of the
# night's work.
_TOLD = (
    "pk", "amount_cents", "quantity", "offer_id", "offer__title", "offer__subcategory_id",
    "venue__name", "venue__public_name", "offerer__department_code",
    "beneficiary__first_name", "beneficiary__last_name", "beneficiary__email",
)  # fmt: skip
_JOB = Actor.job("expire")
BOOKS = [subcategory.id for subcategory in SUBCATEGORIES if subcategory.is_book]


def expire(*, now: datetime) -> dict[str, int]:
    """BKG-70 to BKG-74: cancel, give back places and credit, e-mail (MSG-15, MSG-16).

    Pages of one transaction each, then the e-mails of what was cancelled lately, each written
    once thanks to its key: killed anywhere and played again, the result is the same.
    """
    expired = 0
    while page := _expire_page(now):
        expired += page
    _queue_emails(now)
    return {"expired": expired}


def overdue(now: datetime) -> Q:
    """Booked at least the delay before today 00:00 UTC, by family."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    families: dict[Any, list[str]] = {}
    for subcategory in SUBCATEGORIES:
        if delay := expiry_delay(subcategory):
            families.setdefault(delay, []).append(subcategory.id)
    return Q(
        *(
            Q(offer__subcategory_id__in=codes, booked_at__lte=midnight - delay)
            for delay, codes in families.items()
        ),
        _connector=Q.OR,
    )


@transaction.atomic
def _expire_page(now: datetime) -> int:
    due = Booking.objects.filter(overdue(now), status=BookingStatus.CONFIRMED).order_by("pk")
    ids = list(due.values_list("pk", flat=True)[:EXPIRY_PAGE])
    lock_counters(ids)
    moved = transitions.move_many(
        Booking.objects.filter(pk__in=ids),
        BookingStatus.CONFIRMED,
        BookingStatus.CANCELLED,
        at=now,
        by=_JOB,
        cancelled_at=now,
        cancellation_reason=CancellationReason.EXPIRED,
    )
    release(moved, at=now, by=_JOB)
    return len(moved)


def _queue_emails(now: datetime) -> None:
    """One e-mail a beneficiary and family, one an address of a venue and family, a run."""
    cancelled = Booking.objects.filter(
        cancellation_reason=CancellationReason.EXPIRED,
        cancelled_at__gt=now - EXPIRY_MAIL_LOOK_BACK,
        cancelled_at__lte=now,
    ).annotate(is_book=Case(When(offer__subcategory_id__in=BOOKS, then=True), default=False))
    told = cancelled.exclude(beneficiary__muted_notifications__contains=[EXPIRY])
    _queue_groups(told, "expired", "beneficiary__email")
    _queue_groups(cancelled, "expired-pro", "offer__notification_email")


def _queue_groups(cancelled: BookingQuerySet, kind: str, address: str) -> None:
    """Stream the lines sorted by address, so that a night of a hundred thousand fits in memory;
    `LETTERS_AT_ONCE` of them go with one statement."""
    rows = cancelled.annotate(address=F(address)).exclude(address="")
    rows = rows.order_by("address", "cancelled_at", "is_book", "pk")
    plain = rows.values_list("address", "cancelled_at", "is_book", *_TOLD, named=True)
    groups = groupby(
        plain.iterator(chunk_size=2000),
        key=lambda row: (row.address, row.cancelled_at, row.is_book),
    )
    letters = (
        emails.expired(
            list(lines),
            kind=kind,
            to=to,
            key=f"{kind}:{moment:%Y%m%dT%H%M%S}:{'books' if is_book else 'goods'}:{to}",
        )
        for (to, moment, is_book), lines in groups
    )
    while batch := list(islice(letters, LETTERS_AT_ONCE)):
        with transaction.atomic():
            queue_emails(batch)
