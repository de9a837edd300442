"""Several people at once, with real commits: the last place, the last euros, two scans."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from bookings import inconsistencies
from bookings.models import Booking, BookingTransition, Deposit, LocalMovement
from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary
from bookings.services.countermark import unvalidate_countermark, validate_countermark
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from tests.accounts.factories import UserFactory
from tests.bookings.factories import (
    BookingFactory,
    DepositFactory,
    LocalCreditFactory,
    LocalProgrammeFactory,
)
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(calls: list[Callable[[], object]]) -> Counter:
    """Start every call behind one barrier, each on its own connection; count the outcomes."""
    barrier, outcomes = threading.Barrier(len(calls)), []

    def play(call: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=30)
            call()
        except DomainError as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("done")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=play, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def booking(deposit, stock, quantity=1):
    return lambda: book_offer(
        beneficiary=deposit.user,
        stock_id=stock.pk,
        quantity=quantity,
        by=Actor.user(deposit.user),
    )


def test_fifty_people_on_the_last_seven_places_take_exactly_seven():
    stock = StockFactory(quantity=7)
    deposits = DepositFactory.create_batch(50)

    outcomes = all_at_once([booking(deposit, stock) for deposit in deposits])

    stock.refresh_from_db()
    assert outcomes == {"done": 7, "STOCK_NOT_BOOKABLE": 43}
    assert stock.booked_quantity == Booking.objects.count() == 7
    assert not any(inconsistencies.control(now=clock.now()).values())


def test_five_hundred_buyers_on_a_hundred_places_take_exactly_a_hundred():
    stock = StockFactory(quantity=100)
    users = UserFactory.create_batch(500, beneficiary=True)
    expiry = clock.now() + timedelta(days=700)
    deposits = Deposit.objects.bulk_create(
        Deposit(user=user, type="GRANT_18", amount_cents=300_00, expires_at=expiry)
        for user in users
    )
    # Each door plays the part of twenty people, one after the other.
    queues = [deposits[door::25] for door in range(25)]
    refused: list[str] = []

    def door(queue):
        def play():
            for deposit in queue:
                try:
                    booking(deposit, stock)()
                except DomainError as refusal:
                    refused.append(refusal.code)

        return play

    all_at_once([door(queue) for queue in queues])

    stock.refresh_from_db()
    assert Counter(refused) == {"STOCK_NOT_BOOKABLE": 400}
    assert stock.booked_quantity == Booking.objects.count() == 100
    assert not any(inconsistencies.control(now=clock.now()).values())


def test_a_validation_and_its_undoing_at_once_leave_a_log_that_tells_the_state():
    held = BookingFactory(used=True)
    desk = Actor.user(MembershipFactory(offerer=held.offerer).user)
    code = {"countermark": held.countermark, "by": desk}

    all_at_once(
        [
            lambda: unvalidate_countermark(**code),
            lambda: validate_countermark(**code),
            lambda: unvalidate_countermark(**code),
            lambda: validate_countermark(**code),
        ]
    )

    held.refresh_from_db()
    told = "USED"
    for change in held.transitions.order_by("pk"):
        assert change.before == told
        told = change.after
    assert held.status == told


def test_the_last_ten_euros_are_spent_once():
    deposit = DepositFactory(amount_cents=10_00)
    stocks = StockFactory.create_batch(5, price_cents=10_00)

    outcomes = all_at_once([booking(deposit, stock) for stock in stocks])

    deposit.refresh_from_db()
    assert outcomes == {"done": 1, "INSUFFICIENT_CREDIT": 4}
    assert deposit.spent_cents == 10_00


def test_the_last_euros_of_a_local_credit_are_spent_once():
    deposit = DepositFactory(amount_cents=4_00)
    purse = LocalCreditFactory(
        user=deposit.user, programme=LocalProgrammeFactory(amount_cents=10_00)
    )
    stocks = StockFactory.create_batch(4, price_cents=7_00)

    outcomes = all_at_once([booking(deposit, stock) for stock in stocks])

    # 14 € together: two are paid, the second from what is left of both.
    purse.refresh_from_db()
    deposit.refresh_from_db()
    spent = LocalMovement.objects.filter(kind="SPENT").order_by("pk")
    assert outcomes == {"done": 2, "INSUFFICIENT_CREDIT": 2}
    assert (purse.spent_cents, deposit.spent_cents) == (10_00, 4_00)
    assert list(spent.values_list("cents", flat=True)) == [7_00, 3_00]
    assert not any(inconsistencies.control(now=clock.now()).values())


def test_a_local_credit_given_back_and_spent_at_once_keeps_its_count():
    purse = LocalCreditFactory(programme=LocalProgrammeFactory(amount_cents=10_00))
    person, held = purse.user, StockFactory(price_cents=10_00)
    first = book_offer(beneficiary=person, stock_id=held.pk, quantity=1, by=Actor.user(person))
    wanted = StockFactory(price_cents=10_00)

    outcomes = all_at_once(
        [
            lambda: cancel_by_beneficiary(
                booking_id=first.pk, beneficiary=person, by=Actor.user(person)
            ),
            lambda: book_offer(
                beneficiary=person, stock_id=wanted.pk, quantity=1, by=Actor.user(person)
            ),
        ]
    )

    # Whoever came first, the purse holds what the live bookings say.
    purse.refresh_from_db()
    live = Booking.objects.live().filter(beneficiary=person)
    assert outcomes["done"] in {1, 2}
    assert purse.spent_cents == sum(one.local_cents for one in live)
    assert not any(inconsistencies.control(now=clock.now()).values())


def test_one_person_cannot_take_two_dates_of_an_offer_at_once():
    deposit = DepositFactory()
    first = StockFactory()
    second = StockFactory(offer=first.offer, price_category=first.price_category)

    outcomes = all_at_once([booking(deposit, first), booking(deposit, second)])

    assert outcomes == {"done": 1, "ALREADY_BOOKED": 1}


def test_two_scans_of_one_countermark_validate_once():
    held = BookingFactory()
    scanner = Actor.user(MembershipFactory(offerer=held.offerer).user)

    outcomes = all_at_once(
        [lambda: validate_countermark(countermark=held.countermark, by=scanner)] * 4
    )

    assert outcomes == {"done": 1, "COUNTERMARK_ALREADY_USED": 3}
    assert BookingTransition.objects.filter(booking=held, after="USED").count() == 1


def test_cancelling_and_validating_at_once_leave_one_winner():
    held = BookingFactory(stock__undated=True, cancellation_limit_at=None)
    scanner = Actor.user(MembershipFactory(offerer=held.offerer).user)

    outcomes = all_at_once(
        [
            lambda: validate_countermark(countermark=held.countermark, by=scanner),
            lambda: cancel_by_beneficiary(
                booking_id=held.pk,
                beneficiary=held.beneficiary,
                by=Actor.user(held.beneficiary),
            ),
        ]
    )

    held.refresh_from_db()
    assert outcomes["done"] == 1
    assert held.status in {"USED", "CANCELLED"}
    assert held.transitions.count() == 1
