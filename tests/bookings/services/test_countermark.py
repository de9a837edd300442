"""The desk's services, line by line of DSK-20, DSK-30, DSK-40, DSK-52, DSK-53."""

from datetime import timedelta

import pytest

from bookings import exceptions
from bookings.models import BookingTransition
from bookings.services.cancel import cancel_by_offerer
from bookings.services.countermark import (
    check_may_be_validated,
    look_up,
    unvalidate_countermark,
    validate_countermark,
)
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)


@pytest.fixture
def by():
    """Alice, of the structure of the booking given to `hers`."""
    return MembershipFactory()


def hers(membership, **facts):
    return BookingFactory(stock__offer__venue__offerer=membership.offerer, **facts)


def frozen(membership):
    return hers(membership, used=True, frozen_at=clock.now())


def validate(membership, booking):
    return validate_countermark(countermark=booking.countermark, by=Actor.user(membership.user))


def keep(membership, booking):
    return unvalidate_countermark(countermark=booking.countermark, by=Actor.user(membership.user))


def cancel(membership, booking):
    return cancel_by_offerer(countermark=booking.countermark, by=Actor.user(membership.user))


def test_validation_writes_the_state_its_instant_and_its_log(by):
    booking = hers(by)

    validate(by, booking)

    booking.refresh_from_db()
    assert (booking.status, booking.validated_by) == ("USED", "OFFERER")
    row = BookingTransition.objects.get(booking=booking)
    assert (row.before, row.after, row.actor, row.at) == (
        "CONFIRMED",
        "USED",
        by.user,
        booking.used_at,
    )
    assert not OutboxMessage.objects.exists()


def test_validation_takes_two_statements_and_look_up_one(by, django_assert_num_queries):
    booking = hers(by)

    with django_assert_num_queries(1):
        look_up(countermark=booking.countermark, by=Actor.user(by.user))
    with django_assert_num_queries(4):  # with the savepoint of the test and its release
        validate(by, booking)


@pytest.mark.parametrize("typed", ["{}", " {} ", "PASSCULTURE:v3;TOKEN:{}"])
def test_what_is_typed_is_cleaned(by, typed):
    booking = hers(by)

    found = look_up(countermark=typed.format(booking.countermark.lower()), by=Actor.user(by.user))

    assert found == booking


def test_an_undated_booking_may_be_validated_at_any_moment(by):
    booking = BookingFactory(
        stock__undated=True,
        stock__offer__venue__offerer=by.offerer,
        cancellation_limit_at=None,
    )

    assert validate(by, booking).status == "USED"


@pytest.mark.parametrize(
    ("offset", "accepted"), [(timedelta(0), True), (timedelta(seconds=1), False)]
)
def test_a_dated_booking_waits_for_the_end_of_free_cancellation(by, offset, accepted):
    now = clock.now()
    with clock.at(now):
        booking = hers(by, cancellation_limit_at=now + offset)

        if accepted:
            assert validate(by, booking).status == "USED"
        else:
            with pytest.raises(exceptions.NotYetUsable):
                validate(by, booking)


def test_the_refusal_gives_the_local_hour_of_the_venue():
    from datetime import UTC, datetime

    booking = BookingFactory(
        stock__offer__venue__department_code="974",
        cancellation_limit_at=datetime(2030, 6, 3, 21, 5, tzinfo=UTC),
    )

    with pytest.raises(exceptions.NotYetUsable, match="04/06/2030 à 01:05"):
        check_may_be_validated(booking, clock.now())


@pytest.mark.parametrize(
    ("facts", "refusal", "status", "key"),
    [
        ({"reimbursed": True}, exceptions.InPayment, 403, "payment"),
        ({"used": True, "frozen_at": clock.now()}, exceptions.InPayment, 403, "payment"),
        ({"used": True}, exceptions.CountermarkAlreadyUsed, 410, "booking"),
        ({"cancelled": True}, exceptions.CountermarkCancelled, 410, "booking_cancelled"),
    ],
)
def test_refusals_of_the_validation(by, facts, refusal, status, key):
    booking = hers(by, **facts)

    with pytest.raises(refusal) as caught:
        validate(by, booking)
    assert (caught.value.http_status, caught.value.api_key) == (status, key)


@pytest.mark.parametrize(
    ("facts", "refusal", "key"),
    [
        ({"cancelled": True}, exceptions.CancelledCannotBeKept, "booking"),
        ({"reimbursed": True}, exceptions.PaidCannotBeKept, "payment"),
        ({"used": True, "frozen_at": clock.now()}, exceptions.PaidCannotBeKept, "payment"),
        ({}, exceptions.NotUsed, "booking"),
    ],
)
def test_refusals_of_taking_a_validation_back(by, facts, refusal, key):
    booking = hers(by, **facts)

    with pytest.raises(refusal) as caught:
        keep(by, booking)
    assert (caught.value.http_status, caught.value.api_key) == (410, key)


def test_a_validation_taken_back_may_be_given_again(by):
    booking = hers(by)

    validate(by, booking)
    keep(by, booking)
    validate(by, booking)

    moves = BookingTransition.objects.filter(booking=booking)
    assert list(moves.values_list("before", "after")) == [
        ("CONFIRMED", "USED"),
        ("USED", "CONFIRMED"),
        ("CONFIRMED", "USED"),
    ]


def test_the_venue_cancels_a_confirmed_booking_whatever_its_limit(by):
    booking = hers(by, cancellation_limit_at=clock.now() - LATER)

    cancel(by, booking)

    booking.refresh_from_db()
    booking.stock.refresh_from_db()
    booking.deposit.refresh_from_db()
    assert (booking.status, booking.cancellation_reason) == ("CANCELLED", "OFFERER")
    assert (booking.stock.booked_quantity, booking.deposit.spent_cents) == (0, 0)
    assert set(OutboxMessage.objects.filter(kind="EMAIL").values_list("event", flat=True)) == {
        "bookings/cancelled_by_venue",
        "bookings/cancelled_one_pro",
    }


@pytest.mark.parametrize(
    ("facts", "refusal", "status"),
    [
        ({"used": True}, exceptions.UsedCannotBeCancelledByOfferer, 403),
        ({"reimbursed": True}, exceptions.ReimbursedCannotBeCancelled, 403),
        ({"cancelled": True}, exceptions.AlreadyCancelled, 410),
    ],
)
def test_refusals_of_the_cancellation_by_the_venue(by, facts, refusal, status):
    booking = hers(by, **facts)

    with pytest.raises(refusal) as caught:
        cancel(by, booking)
    assert (caught.value.http_status, caught.value.api_key) == (status, "global")


@pytest.mark.parametrize("act", [validate, keep, cancel])
def test_an_unknown_code_is_not_found(by, act):
    class Unknown:
        countermark = "ZZZZZZ"

    with pytest.raises(exceptions.UnknownCountermark):
        act(by, Unknown)


@pytest.mark.parametrize("act", [validate, keep, cancel])
def test_another_structure_has_no_right(by, act):
    with pytest.raises(exceptions.NoRightOnBooking):
        act(by, BookingFactory())


def test_a_pending_attachment_gives_no_right():
    booking = BookingFactory()
    waiting = MembershipFactory(pending=True, offerer=booking.offerer)

    with pytest.raises(exceptions.NoRightOnBooking):
        validate(waiting, booking)


def test_a_key_works_for_its_structure_alone():
    booking = BookingFactory()
    key = Actor.api_key("test_abc")

    with pytest.raises(exceptions.NoRightOnBooking):
        validate_countermark(countermark=booking.countermark, by=key, offerer_id=0)
    with pytest.raises(exceptions.NoRightOnBooking):
        validate_countermark(countermark=booking.countermark, by=key)
    validate_countermark(countermark=booking.countermark, by=key, offerer_id=booking.offerer_id)
    assert BookingTransition.objects.get(booking=booking).actor_label == "Clé d’API test_abc…"
