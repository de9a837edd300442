"""Booking: the ordered checks (§5.2) and what a success does (§5.3)."""

from datetime import timedelta

import pytest

from bookings import countermarks, exceptions
from bookings.enums import BookingStatus, Ceiling
from bookings.models import Booking, BookingTransition
from bookings.services import book
from bookings.services.book import book_offer
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deposit():
    return DepositFactory()


def go(user, stock, quantity=1):
    return book_offer(beneficiary=user, stock_id=stock.pk, quantity=quantity, by=Actor.user(user))


def test_booking_takes_places_and_credit_and_writes_its_history(deposit):
    stock = StockFactory(offer__duo=True, price_category__label="Tarif réduit")

    booking = go(deposit.user, stock, quantity=2)

    stock.refresh_from_db()
    deposit.refresh_from_db()
    assert (stock.booked_quantity, deposit.spent_cents) == (2, 2_000)
    booking = Booking.objects.get(pk=booking.pk)
    assert booking.status == BookingStatus.CONFIRMED
    assert (booking.amount_cents, booking.price_category_label) == (1_000, "Tarif réduit")
    assert (booking.offer, booking.venue, booking.offerer) == (
        stock.offer,
        stock.offer.venue,
        stock.offer.venue.offerer,
    )
    assert booking.cancellation_limit_at == booking.booked_at + timedelta(hours=48)
    row = BookingTransition.objects.get(booking=booking)
    assert (row.before, row.after, row.actor) == ("", "CONFIRMED", deposit.user)


def test_booking_takes_three_statements(deposit, django_assert_num_queries):
    stock = StockFactory()
    user = User.objects.get(pk=deposit.user.pk)

    # Savepoint and release belong to the test; stock, deposit, booking with its log, both counters
    # and e-mails.
    with django_assert_num_queries(5):
        go(user, stock)


def test_unknown_stock_is_refused(deposit):
    with pytest.raises(exceptions.UnknownStock):
        book_offer(beneficiary=deposit.user, stock_id=0, quantity=1, by=Actor.user(deposit.user))


@pytest.mark.parametrize(
    ("subcategory", "price_cents", "refused"),
    [
        ("ABO_JEU_VIDEO", 0, True),
        ("ABO_JEU_VIDEO", 500, True),
        ("VOD", 500, True),
        ("VOD", 0, False),
        ("SUPPORT_PHYSIQUE_MUSIQUE_CD", 500, False),
    ],
)
def test_underage_people_cannot_take_what_is_closed_to_them(subcategory, price_cents, refused):
    user = UserFactory(beneficiary=True, beneficiary_role=User.BeneficiaryRole.UNDERAGE)
    DepositFactory(user=user)
    stock = StockFactory(undated=True, offer__subcategory_id=subcategory, price_cents=price_cents)

    if refused:
        with pytest.raises(exceptions.CategoryNotBookable):
            go(user, stock)
    else:
        assert go(user, stock).pk


def test_someone_who_is_not_a_beneficiary_cannot_take_a_free_place():
    with pytest.raises(exceptions.CannotBookFreeOffers):
        go(UserFactory(), StockFactory(price_cents=0))


def test_someone_who_is_not_a_beneficiary_has_no_credit():
    with pytest.raises(exceptions.InsufficientCredit):
        go(UserFactory(), StockFactory())


def test_one_live_booking_per_offer_whatever_the_date(deposit):
    first = StockFactory()
    second = StockFactory(offer=first.offer, price_category=first.price_category)
    go(deposit.user, first)

    with pytest.raises(exceptions.AlreadyBooked):
        go(deposit.user, second)


@pytest.mark.parametrize("state", ["used", "reimbursed"])
def test_used_and_reimbursed_bookings_count_as_already_booked(deposit, state):
    booking = BookingFactory(deposit=deposit, **{state: True})

    with pytest.raises(exceptions.AlreadyBooked):
        go(deposit.user, booking.stock)


def test_a_cancelled_booking_does_not_prevent_a_new_one(deposit):
    booking = BookingFactory(deposit=deposit, cancelled=True)

    assert go(deposit.user, booking.stock).countermark != booking.countermark


def test_the_database_catches_two_bookings_of_one_offer_at_once(deposit, monkeypatch):
    stock = BookingFactory(deposit=deposit).stock
    real = book._STOCK.first

    def read_before_the_other_committed(**given):
        found = real(**given)
        found.is_already_booked = False
        return found

    monkeypatch.setattr(book._STOCK, "first", read_before_the_other_committed)
    with pytest.raises(exceptions.AlreadyBooked):
        go(deposit.user, stock)


@pytest.mark.parametrize(("duo", "quantity"), [(False, 2), (True, 3), (True, 0), (False, -1)])
def test_quantity_is_one_or_two_when_duo(deposit, duo, quantity):
    with pytest.raises(exceptions.WrongQuantity):
        go(deposit.user, StockFactory(offer__is_duo=duo), quantity)


@pytest.mark.parametrize(
    "facts",
    [
        {"deleted_at": clock.now()},
        {"beginning_at": clock.now() - timedelta(minutes=1)},
        {"booking_limit_at": clock.now() - timedelta(minutes=1)},
        {"quantity": 0},
        {"offer__is_active": False},
        {"offer__draft": True},
        {"offer__publication_at": clock.now() + timedelta(days=1)},
        {"offer__venue__offerer__new": True},
        {"offer__venue__offerer__is_active": False},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_what_is_not_bookable_is_refused(deposit, facts):
    with pytest.raises(exceptions.StockNotBookable):
        go(deposit.user, StockFactory(**facts))


def test_two_places_are_refused_when_one_is_left(deposit):
    stock = StockFactory(offer__duo=True, quantity=1)

    with pytest.raises(exceptions.StockNotBookable, match="une place"):
        go(deposit.user, stock, 2)


def test_unlimited_stock_is_bookable(deposit):
    assert go(deposit.user, StockFactory(undated=True, quantity=None)).cancellation_limit_at is None


@pytest.mark.parametrize(("spent", "accepted"), [(290_00, True), (290_01, False)])
def test_the_last_cent_may_be_spent_and_no_more(spent, accepted):
    deposit = DepositFactory(spent_cents=spent)

    if accepted:
        go(deposit.user, StockFactory())
        deposit.refresh_from_db()
        assert deposit.spent_cents == deposit.amount_cents
    else:
        with pytest.raises(exceptions.InsufficientCredit):
            go(deposit.user, StockFactory())


@pytest.mark.parametrize(("spent", "accepted"), [(90_00, True), (90_01, False)])
def test_the_digital_ceiling_holds(spent, accepted):
    deposit = DepositFactory(spent_cents=spent, digital_spent_cents=spent)
    stock = StockFactory(undated=True, offer=OfferFactory(digital=True))

    if accepted:
        booking = go(deposit.user, stock)
        deposit.refresh_from_db()
        assert (booking.ceiling, deposit.digital_spent_cents) == (Ceiling.DIGITAL, 100_00)
    else:
        with pytest.raises(exceptions.DigitalCeilingReached):
            go(deposit.user, stock)


def test_a_credit_without_digital_ceiling_has_none(deposit):
    deposit = DepositFactory(digital_ceiling_cents=None)
    stock = StockFactory(undated=True, offer=OfferFactory(digital=True), price_cents=200_00)

    assert go(deposit.user, stock).ceiling == Ceiling.DIGITAL


@pytest.mark.parametrize(("spent", "accepted"), [(190_00, True), (190_01, False)])
def test_the_physical_ceiling_of_an_old_credit_holds(spent, accepted):
    deposit = DepositFactory(
        version=1,
        amount_cents=500_00,
        digital_ceiling_cents=200_00,
        physical_ceiling_cents=200_00,
        spent_cents=spent,
        physical_spent_cents=spent,
    )
    stock = StockFactory(undated=True)

    if accepted:
        assert go(deposit.user, stock).ceiling == Ceiling.PHYSICAL
    else:
        with pytest.raises(exceptions.PhysicalCeilingReached):
            go(deposit.user, stock)


def test_an_expired_credit_pays_nothing_but_free_places_stay_open():
    deposit = DepositFactory(expires_at=clock.now() - timedelta(seconds=1))

    with pytest.raises(exceptions.InsufficientCredit):
        go(deposit.user, StockFactory())
    assert go(deposit.user, StockFactory(price_cents=0)).deposit is None


def test_the_current_credit_is_the_one_that_expires_last():
    user = UserFactory(beneficiary=True)
    DepositFactory(
        user=user, type="GRANT_15_17", amount_cents=30_00, expires_at=clock.now() - timedelta(1)
    )
    current = DepositFactory(user=user)

    assert go(user, StockFactory()).deposit == current


@pytest.mark.parametrize("code", ["CARTE_MUSEE", "ABO_BIBLIOTHEQUE", "ABO_MEDIATHEQUE"])
def test_free_memberships_are_used_at_once(deposit, code):
    booking = go(
        deposit.user, StockFactory(undated=True, offer__subcategory_id=code, price_cents=0)
    )

    assert (booking.status, booking.validated_by) == ("USED", "AUTO")
    assert list(booking.transitions.values_list("before", "after")) == [("", "USED")]


def test_a_paid_membership_waits_for_the_desk(deposit):
    booking = go(deposit.user, StockFactory(undated=True, offer__subcategory_id="CARTE_MUSEE"))

    assert booking.status == BookingStatus.CONFIRMED


def test_a_taken_countermark_is_drawn_again(deposit, monkeypatch):
    taken = BookingFactory(cancelled=True).countermark
    draws = iter([taken, taken, "NNNNNN"])
    monkeypatch.setattr(countermarks, "draw", lambda: next(draws))

    assert go(deposit.user, StockFactory()).countermark == "NNNNNN"
    assert Booking.objects.count() == 2


def test_after_a_hundred_taken_countermarks_nothing_is_left_behind(deposit, monkeypatch):
    taken = BookingFactory(cancelled=True).countermark
    monkeypatch.setattr(countermarks, "draw", lambda: taken)
    stock = StockFactory()

    with pytest.raises(exceptions.NoCountermarkLeft):
        go(deposit.user, stock)
    stock.refresh_from_db()
    assert (stock.booked_quantity, OutboxMessage.objects.count()) == (0, 0)


def test_a_countermark_has_six_of_thirty_symbols():
    drawn = "".join(countermarks.draw() for _ in range(300))

    assert len(drawn) == 1800
    assert set(drawn) <= set("ABCDEFGHJKLMNPQRSTUVWXYZ234567")


def test_first_booking_of_the_venue_is_told_to_the_venue_then_to_the_offer(deposit):
    stock = StockFactory(offer__notification_email="offre@example.org")

    go(deposit.user, stock)
    go(DepositFactory().user, stock)

    told = OutboxMessage.objects.filter(event__startswith="bookings/booked_").order_by("pk")
    assert list(told.values_list("event", "recipient")) == [
        ("bookings/booked_first", "reservations@example.org"),
        ("bookings/booked_pro", "offre@example.org"),
    ]


def test_a_message_without_address_is_skipped(deposit):
    stock = StockFactory(offer__notification_email="", offer__venue__booking_email="")

    go(deposit.user, stock)

    assert list(OutboxMessage.objects.values_list("event", flat=True)) == ["bookings/booked"]
