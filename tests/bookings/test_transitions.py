"""Every pair of states, allowed or not, is what the table of §5.5 says."""

from itertools import product

import pytest

from bookings import transitions
from bookings.enums import BookingStatus as S
from bookings.enums import CancellationReason, ValidationAuthor
from bookings.models import Booking
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.errors import ForbiddenTransition
from tests.bookings.factories import BookingFactory

ALLOWED = {
    (S.REIMBURSED, S.CANCELLED),
    (S.CONFIRMED, S.USED),
    (S.CONFIRMED, S.CANCELLED),
    (S.USED, S.CONFIRMED),
    (S.USED, S.CANCELLED),
    (S.CANCELLED, S.USED),
}
TRAITS = {S.USED: "used", S.CANCELLED: "cancelled", S.REIMBURSED: "reimbursed"}


def facts(to):
    now = clock.now()
    return {
        S.CONFIRMED: {"used_at": None, "validated_by": ""},
        S.USED: {
            "used_at": now,
            "validated_by": ValidationAuthor.OFFERER,
            "cancelled_at": None,
            "cancellation_reason": "",
        },
        S.CANCELLED: {
            "cancelled_at": now,
            "cancellation_reason": CancellationReason.OFFERER,
            "used_at": None,
            "validated_by": "",
        },
        S.REIMBURSED: {"reimbursed_at": now},
    }[to]


@pytest.mark.parametrize(("before", "after"), list(product(S, S)))
def test_only_the_pairs_of_the_table_move(db, before, after):
    traits = {TRAITS[before]: True} if before in TRAITS else {}
    booking = BookingFactory(**traits)

    if (before, after) in ALLOWED:
        transitions.move(booking, after, by=SYSTEM, **facts(after))
        assert Booking.objects.get(pk=booking.pk).status == after
        assert booking.transitions.get().before == before
    else:
        with pytest.raises(ForbiddenTransition):
            transitions.move(booking, after, by=SYSTEM, **facts(after))
        assert Booking.objects.get(pk=booking.pk).status == before
        assert not booking.transitions.exists()


def test_what_is_in_a_payment_can_only_be_reimbursed(db):
    booking = BookingFactory(used=True, frozen_at=clock.now())

    for to in (S.CONFIRMED, S.CANCELLED):
        with pytest.raises(ForbiddenTransition):
            transitions.move(booking, to, by=SYSTEM, **facts(to))
    transitions.move(booking, S.REIMBURSED, by=SYSTEM, **facts(S.REIMBURSED))

    assert booking.transitions.get().after == S.REIMBURSED
