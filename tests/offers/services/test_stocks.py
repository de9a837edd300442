"""Dates of events and stock of goods."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from offers.exceptions import (
    InvalidStock,
    NotEnoughPlaces,
    OfferFrozen,
    StockGone,
    StockHasBookings,
    StockTooOld,
)
from offers.models import Stock
from offers.services.places import free_places, taking_places
from offers.services.stocks import (
    add_stock,
    change_stock,
    close_stock,
    delete_stock,
    set_good_stock,
    withdraw_stock,
)
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.db import write
from tests.accounts.factories import UserFactory
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=10)


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOW):
        yield


@pytest.fixture
def by():
    return Actor.user(UserFactory())


@pytest.fixture
def category():
    return PriceCategoryFactory(offer__draft=True, price_cents=950)


def test_a_date_takes_the_price_of_its_category_and_ends_at_its_beginning(category, by):
    stock = add_stock(
        offer=category.offer, price_category=category, beginning_at=LATER, quantity=10, by=by
    )

    assert stock.price_cents == 950
    assert stock.booking_limit_at == stock.beginning_at == LATER
    assert stock.remaining == 10


def test_no_quantity_means_unlimited(category, by):
    stock = add_stock(offer=category.offer, price_category=category, beginning_at=LATER, by=by)

    assert stock.remaining is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"beginning_at": NOW}, "date"),
        ({"beginning_at": NOW - timedelta(days=1)}, "date"),
        ({"booking_limit_at": LATER + timedelta(seconds=1)}, "limit"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 1_000_001}, "quantity"),
        ({"price_category": None}, "price_category"),
    ],
)
def test_impossible_dates_name_their_field(changes, field, category, by):
    facts = {"price_category": category, "beginning_at": LATER, **changes}

    with pytest.raises(InvalidStock) as caught:
        add_stock(offer=category.offer, by=by, **facts)

    assert caught.value.field == field


def test_the_price_of_another_offer_is_refused(category, by):
    with pytest.raises(InvalidStock):
        add_stock(
            offer=category.offer,
            price_category=PriceCategoryFactory(),
            beginning_at=LATER,
            by=by,
        )


def test_the_same_date_at_the_same_price_exists_once(category, by):
    facts = {"offer": category.offer, "price_category": category, "beginning_at": LATER, "by": by}
    add_stock(**facts)

    with pytest.raises(InvalidStock):
        add_stock(**facts)


def test_an_offer_has_at_most_2500_dates(category, by, settings):
    settings.MAX_STOCKS_PER_OFFER = 1
    facts = {"offer": category.offer, "price_category": category, "by": by}
    add_stock(beginning_at=LATER, **facts)

    with pytest.raises(InvalidStock):
        add_stock(beginning_at=LATER + timedelta(days=1), **facts)


def test_a_good_has_no_date_and_an_event_no_stock(by):
    good = OfferFactory(draft=True, good=True)
    with pytest.raises(InvalidStock):
        add_stock(offer=good, price_category=None, beginning_at=LATER, by=by)
    with pytest.raises(InvalidStock):
        set_good_stock(offer=OfferFactory(draft=True), price_cents=100, by=by)


@pytest.mark.parametrize("state", ["PENDING", "REJECTED"])
def test_a_frozen_offer_takes_no_date(state, by):
    category = PriceCategoryFactory(offer__draft=True, offer__validation=state)

    with pytest.raises(OfferFrozen):
        add_stock(offer=category.offer, price_category=category, beginning_at=LATER, by=by)


def test_a_date_without_bookings_changes_wholly(by):
    stock = StockFactory()
    cheaper = PriceCategoryFactory(offer=stock.offer, label="Réduit", price_cents=500)

    change_stock(
        stock=stock,
        price_category=cheaper,
        beginning_at=LATER,
        booking_limit_at=LATER - timedelta(days=2),
        quantity=None,
        by=by,
    )

    stock.refresh_from_db()
    assert (stock.price_cents, stock.beginning_at, stock.quantity) == (500, LATER, None)
    assert stock.booking_limit_at == LATER - timedelta(days=2)


def change(stock, by, **changes):
    facts = {
        "price_category": stock.price_category,
        "beginning_at": stock.beginning_at,
        "quantity": stock.quantity,
        **changes,
    }
    return change_stock(stock=stock, by=by, **facts)


def test_a_booked_date_keeps_its_hour_but_may_get_more_places(by):
    stock = StockFactory(booked_quantity=5)

    assert change(stock, by, quantity=20).quantity == 20
    with pytest.raises(StockHasBookings):
        change(stock, by, beginning_at=stock.beginning_at + timedelta(hours=1))


def test_places_never_go_below_those_booked(by):
    stock = StockFactory(booked_quantity=5)

    assert change(stock, by, quantity=5).remaining == 0
    with pytest.raises(InvalidStock) as caught:
        change(stock, by, quantity=4)
    assert caught.value.field == "quantity"


def test_a_past_date_is_not_changed_unless_the_offer_is_a_draft(by):
    past = {"beginning_at": NOW - timedelta(days=1)}
    published, draft = StockFactory(**past), StockFactory(offer__draft=True, **past)

    with pytest.raises(StockTooOld):
        change(published, by, beginning_at=LATER)
    assert change(draft, by, beginning_at=LATER).beginning_at == LATER


def test_the_stock_of_a_good_is_written_once_and_then_changed(by):
    offer = OfferFactory(draft=True, good=True)
    first = set_good_stock(offer=offer, price_cents=1200, quantity=3, by=by)
    second = set_good_stock(
        offer=offer, price_cents=0, quantity=None, booking_limit_at=LATER, by=by
    )

    assert first.pk == second.pk
    assert Stock.objects.get().booking_limit_at == LATER


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price_cents": 30_001}, "price"),
        ({"price_cents": -1}, "price"),
        ({"quantity": 1}, "quantity"),
        ({"booking_limit_at": NOW}, "limit"),
    ],
)
def test_an_impossible_stock_names_its_field(changes, field, by):
    stock = StockFactory(undated=True, booked_quantity=2)

    with pytest.raises(InvalidStock) as caught:
        set_good_stock(offer=stock.offer, by=by, **{"price_cents": 100, **changes})

    assert caught.value.field == field


def test_deleting_is_real_in_a_draft_and_soft_afterwards(by):
    draft, published = StockFactory(offer__draft=True), StockFactory()

    delete_stock(stock=draft, by=by)
    delete_stock(stock=published, by=by)

    published.refresh_from_db()
    assert not Stock.objects.filter(pk=draft.pk).exists()
    assert published.deleted_at == NOW


def test_a_booked_date_is_not_deleted(by):
    with pytest.raises(StockHasBookings):
        delete_stock(stock=StockFactory(booked_quantity=1), by=by)


@pytest.mark.parametrize(("hours", "is_refused"), [(48, False), (49, True)])
def test_a_date_is_deleted_until_48_hours_after_it(hours, is_refused, by):
    stock = StockFactory(beginning_at=NOW - timedelta(hours=hours))

    if is_refused:
        with pytest.raises(StockTooOld):
            delete_stock(stock=stock, by=by)
    else:
        delete_stock(stock=stock, by=by)
        stock.refresh_from_db()
        assert stock.deleted_at


def test_withdrawing_keeps_the_bookings_already_paid(by):
    stock = StockFactory(booked_quantity=1)

    withdraw_stock(stock=stock, by=by)

    stock.refresh_from_db()
    assert (stock.deleted_at, stock.booked_quantity) == (NOW, 1)


def test_closing_stops_bookings_and_keeps_those_made(by):
    stock = StockFactory(booked_quantity=4)

    close_stock(stock=stock, by=by)

    stock.refresh_from_db()
    assert not stock.is_bookable(NOW)
    assert (stock.booked_quantity, stock.remaining, stock.deleted_at) == (4, 0, None)


def test_what_was_withdrawn_meanwhile_is_not_closed(by):
    stock = StockFactory()
    delete_stock(stock=Stock.objects.get(pk=stock.pk), by=by)

    with pytest.raises(StockGone):
        close_stock(stock=stock, by=by)


def test_places_are_taken_and_given_back():
    stock = StockFactory(quantity=2)
    with transaction.atomic():
        write(*taking_places(stock=stock, quantity=2))
        with pytest.raises(NotEnoughPlaces):
            taking_places(stock=stock, quantity=1)
        free_places(stock=stock, quantity=1)

    stock.refresh_from_db()
    assert stock.booked_quantity == 1


def test_unlimited_places_never_run_out():
    stock = StockFactory(quantity=None)

    write(*taking_places(stock=stock, quantity=2))

    stock.refresh_from_db()
    assert stock.booked_quantity == 2
