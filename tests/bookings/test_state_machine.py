"""Whatever people, desks and jobs do in whatever order, the books balance (hypothesis).

Each step is one call of a service at a moving clock; refusals are part of the game. After every
step: no place and no cent is given twice, what was paid stays paid, a cancelled booking stays
cancelled, each state is the one its last log row tells, and the nightly controls find nothing.
HYPOTHESIS_EXAMPLES=500 looks longer than the suite does.
"""

import os
from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bookings import inconsistencies
from bookings.models import Booking, BookingTransition, Deposit, LocalCredit, LocalMovement
from bookings.services.after_event import auto_validate
from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary, cancel_by_offerer
from bookings.services.countermark import unvalidate_countermark, validate_countermark
from bookings.services.expire import expire
from bookings.services.postpone import postpone_stock
from bookings.services.reimburse import freeze_for_reimbursement, mark_reimbursed
from bookings.services.withdraw import withdraw_stock
from offers.models import Stock
from offers.services.stocks import close_stock
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from tests.bookings.factories import DepositFactory, LocalCreditFactory, LocalProgrammeFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import MembershipFactory, VenueFactory

pytestmark = pytest.mark.django_db

START = datetime.fromisoformat("2026-05-04T10:00+02:00")
JOB = Actor.job("test")


class Life(RuleBasedStateMachine):
    """A venue with a duo show in four days, a book and a film on line; three small credits."""

    bookings = Bundle("bookings")

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.block = transaction.atomic()
        self.block.__enter__()
        with clock.at(START):
            venue = VenueFactory()
            self.desk = Actor.user(MembershipFactory(offerer=venue.offerer).user)
            show = OfferFactory(venue=venue, duo=True)
            online = OfferFactory(venue=venue, subcategory_id="VOD", url="https://example.org")
            book = OfferFactory(venue=venue, book=True)
            goods = {"undated": True, "booking_limit_at": None}
            self.stocks = [
                StockFactory(offer=show, price_cents=700, quantity=3, beginning_at=self.later(96)),
                StockFactory(offer=book, price_cents=600, quantity=1, **goods),
                StockFactory(offer=online, price_cents=500, quantity=None, **goods),
            ]
            self.people = [
                DepositFactory(
                    amount_cents=20_00, digital_ceiling_cents=9_00, physical_ceiling_cents=8_00
                ).user
                for _ in range(3)
            ]
            for person, cents in ((0, 5_00), (1, 9_00), (1, 4_00)):
                programme = LocalProgrammeFactory(amount_cents=cents)
                LocalCreditFactory(user=self.people[person], programme=programme)
        self.reimbursed: set[int] = set()
        self.cancelled: set[int] = set()

    def later(self, hours: float) -> datetime:
        return self.now + timedelta(hours=hours)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def play(self, call, **facts):
        """The answer of a service now, or None when it refuses; a refusal writes nothing."""
        with clock.at(self.now):
            try:
                with transaction.atomic():
                    return call(**facts)
            except DomainError:
                return None

    @initialize(target=bookings)
    def first_bookings(self):
        """A story without any has nothing to break: everybody has the show, one person more."""
        taken = [(person, 0) for person in range(3)] + [(0, 1), (1, 2)]
        made = (self.take(person, stock, 1) for person, stock in taken)
        return multiple(*filter(None, made))

    def take(self, person, stock, places):
        user = self.people[person]
        return self.play(
            book_offer,
            beneficiary=user,
            stock_id=self.stocks[stock].pk,
            quantity=places,
            by=Actor.user(user),
        )

    @rule(
        target=bookings,
        person=st.integers(0, 2),
        stock=st.integers(0, 2),
        places=st.integers(1, 3),
    )
    def book(self, person, stock, places):
        booking = self.take(person, stock, places)
        return multiple(booking) if booking else multiple()

    @rule(booking=bookings, by_venue=st.booleans())
    def cancel(self, booking, by_venue):
        user = booking.beneficiary
        if by_venue:
            self.play(cancel_by_offerer, countermark=booking.countermark, by=self.desk)
            return
        self.play(
            cancel_by_beneficiary, booking_id=booking.pk, beneficiary=user, by=Actor.user(user)
        )

    @rule(booking=bookings, back=st.booleans())
    def at_the_desk(self, booking, back):
        verb = unvalidate_countermark if back else validate_countermark
        self.play(verb, countermark=booking.countermark, by=self.desk)

    @rule(hours=st.integers(1, 240))
    def wait_for_the_jobs(self, hours):
        """Some hours or days later: what is over is validated, what nobody collected expires."""
        self.now = self.later(hours)
        self.play(auto_validate, now=self.now)
        self.play(expire, now=self.now)

    @rule(stock=st.integers(0, 2), gone=st.booleans())
    def close_or_withdraw(self, stock, gone):
        chosen = Stock.objects.get(pk=self.stocks[stock].pk)
        self.play(withdraw_stock if gone else close_stock, stock=chosen, by=self.desk)

    @rule(hours=st.integers(1, 144))
    def postpone(self, hours):
        show = Stock.objects.get(pk=self.stocks[0].pk)
        self.play(postpone_stock, stock=show, beginning_at=self.later(hours), by=self.desk)

    @rule(paid=st.booleans())
    def freeze_then_pay(self, paid):
        self.play(freeze_for_reimbursement, bookings=Booking.objects.all(), now=self.now, by=JOB)
        if paid:
            self.play(mark_reimbursed, bookings=Booking.objects.all(), now=self.now, by=JOB)

    @invariant()
    def the_books_balance(self):
        rows = list(Booking.objects.order_by("pk"))
        live = [one for one in rows if one.status != "CANCELLED"]
        places, cents = defaultdict(int), defaultdict(int)
        for one in live:
            places[one.stock_id] += one.quantity
            cents[one.deposit_id] += one.deposit_cents
        for stock in Stock.objects.all():
            assert stock.booked_quantity == places[stock.pk]
            assert stock.quantity is None or places[stock.pk] <= stock.quantity
        for deposit in Deposit.objects.all():
            assert deposit.spent_cents == cents[deposit.pk] <= deposit.amount_cents
        local = defaultdict(int)
        for one in LocalMovement.objects.filter(booking__in=live, kind="SPENT"):
            local[one.credit_id] += one.cents
        for credit in LocalCredit.objects.all():
            assert credit.spent_cents == local[credit.pk] <= credit.amount_cents
        assert sum(one.local_cents for one in live) == sum(local.values())
        pairs = [(one.beneficiary_id, one.offer_id) for one in live]
        assert len(pairs) == len(set(pairs))
        assert not any(inconsistencies.control(now=self.now).values())

    @invariant()
    def what_is_final_stays(self):
        rows = {one.pk: one for one in Booking.objects.all()}
        assert all(rows[pk].status == "REIMBURSED" for pk in self.reimbursed)
        assert all(rows[pk].status == "CANCELLED" for pk in self.cancelled)
        self.reimbursed = {pk for pk, one in rows.items() if one.status == "REIMBURSED"}
        self.cancelled = {pk for pk, one in rows.items() if one.status == "CANCELLED"}

    @invariant()
    def the_log_tells_the_state(self):
        told = {}
        for change in BookingTransition.objects.order_by("pk"):
            assert told.get(change.booking_id, "") == change.before
            told[change.booking_id] = change.after
        assert told == dict(Booking.objects.values_list("pk", "status"))


def test_no_order_of_events_breaks_the_books():
    examples = int(os.environ.get("HYPOTHESIS_EXAMPLES", "8"))
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            derandomize="HYPOTHESIS_EXAMPLES" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
