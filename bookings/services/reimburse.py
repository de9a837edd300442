"""What finance does to bookings: freeze them in a batch, then mark them reimbursed."""

import logging
from datetime import datetime

from django.db import transaction

from bookings import transitions
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from passpro.kernel.actor import Actor

logger = logging.getLogger(__name__)


@transaction.atomic
def freeze_for_reimbursement(*, bookings: BookingQuerySet, now: datetime, by: Actor) -> int:
    """Freeze every used booking of the set: from then on no desk, API or deletion changes it.

    One statement, answers how many were frozen; those already frozen or no longer used are
    left alone, so it may run twice. A desk that takes a validation back meanwhile wins the
    row: compare the count, or read `frozen_at` again, before counting the money.
    """
    frozen = Booking.objects.filter(
        pk__in=bookings.order_by().values("pk"), status=BookingStatus.USED, frozen_at__isnull=True
    ).update(frozen_at=now)
    logger.info("Bookings were frozen.", extra={"count": frozen, "by": by.label})
    return frozen


@transaction.atomic
def mark_reimbursed(*, bookings: BookingQuerySet, now: datetime, by: Actor) -> int:
    """USED → REIMBURSED with log rows, for the frozen bookings of the set, in one statement.

    Answers how many moved; played again it moves nothing.
    """
    return len(
        transitions.move_many(
            bookings,
            BookingStatus.USED,
            BookingStatus.REIMBURSED,
            at=now,
            by=by,
            reimbursed_at=now,
        )
    )
