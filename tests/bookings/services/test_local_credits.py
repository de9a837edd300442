"""Labelled local credits: granted once, spent first where they may be, given back (STR-006)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import exceptions, inconsistencies
from bookings.local_share import parts_of
from bookings.models import Booking, LocalCredit, LocalMovement
from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary
from bookings.services.local_credits import grant_to_many, withdraw_local_credit
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import DepositFactory, LocalCreditFactory, LocalProgrammeFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deposit():
    return DepositFactory(amount_cents=50_00, digital_ceiling_cents=10_00)


def local(deposit, cents, **facts):
    return LocalCreditFactory(
        user=deposit.user, programme=LocalProgrammeFactory(amount_cents=cents, **facts)
    )


def go(user, stock, quantity=1):
    return book_offer(beneficiary=user, stock_id=stock.pk, quantity=quantity, by=Actor.user(user))


def spent(*purses):
    for purse in purses:
        purse.refresh_from_db()
    return [purse.spent_cents for purse in purses]


def told(booking):
    return [(part.label, part.cents) for part in parts_of(Booking.objects.get(pk=booking.pk))]


def test_the_credit_that_ends_first_pays_first_and_everything_goes_back(deposit):
    late = local(deposit, 15_00)
    soon = local(deposit, 12_00, ends_on=clock.today() + timedelta(days=3))
    stock = StockFactory(price_cents=20_00, offer__duo=True)

    booking = go(deposit.user, stock, quantity=2)

    assert spent(soon, late, deposit) == [12_00, 15_00, 13_00]
    assert told(booking) == [
        (soon.programme.label, 12_00),
        (late.programme.label, 15_00),
        ("Crédit 18 ans", 13_00),
    ]
    assert not any(inconsistencies.control(now=clock.now()).values())
    mail = OutboxMessage.objects.get(event="bookings/booked").payload["context"]
    assert [one["label"] for one in mail["paid_by"]] == [soon.programme.label, late.programme.label]

    cancel_by_beneficiary(
        booking_id=booking.pk, beneficiary=deposit.user, by=Actor.user(deposit.user)
    )

    assert spent(soon, late, deposit) == [0, 0, 0]
    kinds = LocalMovement.objects.filter(booking=booking).values_list("kind", "cents")
    assert sorted(kinds) == [("BACK", 12_00), ("BACK", 15_00), ("SPENT", 12_00), ("SPENT", 15_00)]
    assert len(told(booking)) == 3
    assert not any(inconsistencies.control(now=clock.now()).values())


@pytest.mark.parametrize(
    ("programme", "offer", "paid"),
    [
        ({"department_codes": ["29"]}, {}, True),
        ({"department_codes": ["35"]}, {}, False),
        ({"department_codes": ["29"]}, {"digital": True}, False),
        ({"category_ids": ["LIVRE"]}, {"book": True}, True),
        ({"category_ids": ["LIVRE"]}, {}, False),
        ({"starts_on": clock.today() + timedelta(days=1)}, {}, False),
        (
            {
                "starts_on": clock.today() - timedelta(days=9),
                "ends_on": clock.today() - timedelta(days=1),
            },
            {},
            False,
        ),
    ],
)
def test_it_is_spent_in_its_places_categories_and_days_only(deposit, programme, offer, paid):
    credit = local(deposit, 10_00, **programme)
    undated = bool(offer)
    stock = StockFactory(undated=undated, offer=OfferFactory(**offer), price_cents=8_00)

    go(deposit.user, stock)

    assert spent(credit, deposit) == ([8_00, 0] if paid else [0, 8_00])


def test_it_leaves_ceilings_alone_and_pays_when_the_national_credit_cannot(deposit):
    local(deposit, 25_00)
    online = StockFactory(undated=True, offer__digital=True, price_cents=30_00)
    other = StockFactory(undated=True, offer__digital=True, price_cents=6_00)

    booking = go(deposit.user, online)

    deposit.refresh_from_db()
    assert (booking.local_cents, deposit.digital_spent_cents) == (25_00, 5_00)
    with pytest.raises(exceptions.DigitalCeilingReached):
        go(deposit.user, other)
    young = LocalCreditFactory(programme=LocalProgrammeFactory(amount_cents=6_00)).user
    alone = go(young, other)
    assert (alone.deposit, told(alone)[0][1]) == (None, 6_00)


def test_a_withdrawn_credit_is_not_spent_and_what_comes_back_stays_there(deposit):
    credit = local(deposit, 10_00)
    booking = go(deposit.user, StockFactory(price_cents=10_00))
    withdraw_local_credit(credit_id=credit.pk, by=SYSTEM, why="Déménagement")

    cancel_by_beneficiary(
        booking_id=booking.pk, beneficiary=deposit.user, by=Actor.user(deposit.user)
    )
    go(deposit.user, StockFactory(price_cents=10_00))

    assert spent(credit, deposit) == [0, 10_00]


def test_each_address_is_granted_once_or_told_why_not(deposit):
    programme = LocalProgrammeFactory(amount_cents=20_00)
    pro = UserFactory()
    addresses = [deposit.user.email.upper(), " ", "personne@example.org", pro.email]

    report = grant_to_many(programme=programme, addresses=addresses, by=SYSTEM)

    assert (report.granted, len(report.refused)) == (1, 2)
    again = grant_to_many(programme=programme, addresses=[deposit.user.email], by=SYSTEM)
    assert again.refused == [(deposit.user.email, exceptions.LocalCreditAlreadyGranted.message)]
    assert LocalCredit.objects.get().movements.get().cents == 20_00
    assert OutboxMessage.objects.filter(event="bookings/local_credit_granted").count() == 1


def test_the_database_refuses_what_does_not_add_up(deposit):
    credit = local(deposit, 10_00)
    booking = go(deposit.user, StockFactory(price_cents=10_00))
    movement = {"credit": credit, "booking": booking, **SYSTEM.as_columns()}

    def refused(name, change):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            change()

    mine, held = LocalCredit.objects.filter(pk=credit.pk), Booking.objects.filter(pk=booking.pk)
    refused("local_credit_never_overspent", lambda: mine.update(spent_cents=10_01))
    refused("booking_local_part_within_total", lambda: held.update(local_cents=10_01))
    refused("booking_every_cent_charged", lambda: held.update(local_cents=9_00, deposit=None))
    for kind, name in [("SPENT", "once_a_booking"), ("GRANT", "says_its_booking")]:
        row = {"kind": kind, "cents": 1, **movement}
        refused(name, lambda row=row: LocalMovement.objects.create(**row))
