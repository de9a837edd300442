"""Many dates at once: counted, written, deleted (STK-20, STK-21, STK-36, STK-64)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings.models import Booking
from bookings.services.withdraw_many import preview_withdrawals, withdraw_dates
from offers.enums import BulkState, Rhythm
from offers.exceptions import InvalidStock, OfferFrozen, SeriesUnderWay, StockTooOld
from offers.models import DateSeries, Offer
from offers.recurrence import Quota, Series
from offers.services.series import add_series, plan_series, run_series, tend_series
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def afternoon():
    with clock.at(NOW):
        yield


@pytest.fixture
def by():
    return Actor.user(UserFactory())


@pytest.fixture
def full():
    return PriceCategoryFactory(offer__draft=True, label="Plein", price_cents=18_00)


@pytest.fixture
def festival(full):
    """Ten days, two slots a day, three tariffs (seed 004)."""
    reduced = PriceCategoryFactory(offer=full.offer, label="Réduit", price_cents=9_50)
    free = PriceCategoryFactory(offer=full.offer, label="Gratuit", price_cents=0)
    return Series(
        rhythm=Rhythm.DAILY,
        first=date(2026, 7, 1),
        last=date(2026, 7, 10),
        hours=(time(14, 30), time(20, 30)),
        quotas=(Quota(full.pk, 40), Quota(reduced.pk, 20), Quota(free.pk, None)),
        limit_days=0,
    )


def test_a_festival_is_counted_then_written(full, festival, by):
    offer = full.offer
    evening = datetime(2026, 7, 2, 18, 30, tzinfo=UTC)
    StockFactory(offer=offer, price_category=full, beginning_at=evening, price_cents=18_00)

    plan = plan_series(offer=offer, series=festival)
    # Today at 14 h 30 is past; one date is there already.
    assert (plan.days, plan.lines, plan.past, plan.twins, plan.new) == (10, 57, 3, 1, 56)
    task = add_series(offer=offer, series=festival, by=by, duration_minutes=90)

    assert (task.state, task.total, task.done, task.created) == (BulkState.DONE, 57, 57, 56)
    stocks = offer.stocks.order_by("beginning_at", "price_cents")
    assert len(stocks) == 57
    first = [(one.price_cents, one.quantity, one.booking_limit_at) for one in stocks[:3]]
    beginning = datetime(2026, 7, 1, 18, 30, tzinfo=UTC)
    assert first == [(0, None, beginning), (9_50, 20, beginning), (18_00, 40, beginning)]
    assert Offer.objects.get().duration_minutes == 90
    with pytest.raises(InvalidStock, match="existent déjà"):
        add_series(offer=offer, series=festival, by=by)


def test_an_offer_has_a_limit_of_dates_and_its_own_tariffs(full, festival, by, settings):
    settings.MAX_STOCKS_PER_OFFER = 50
    with pytest.raises(InvalidStock, match=r"au plus 50 dates : .* pour 50"):
        add_series(offer=full.offer, series=festival, by=by)
    settings.MAX_STOCKS_PER_OFFER = 10_000
    with pytest.raises(InvalidStock, match="tarifs de l’offre"):
        plan_series(offer=PriceCategoryFactory(offer__draft=True).offer, series=festival)
    with pytest.raises(InvalidStock, match="bien"):
        plan_series(offer=OfferFactory(good=True), series=festival)
    Offer.objects.filter(pk=full.offer_id).update(validation="PENDING")
    with pytest.raises(OfferFrozen):
        add_series(offer=full.offer, series=festival, by=by)


def test_a_long_series_is_written_by_a_worker_one_at_a_time(
    full, festival, by, settings, django_capture_on_commit_callbacks
):
    settings.SERIES_AT_ONCE = 20
    with django_capture_on_commit_callbacks(execute=False):
        task = add_series(offer=full.offer, series=festival, by=by)
        with pytest.raises(SeriesUnderWay):
            add_series(offer=full.offer, series=festival, by=by)
    assert (task.state, full.offer.stocks.count()) == (BulkState.WAITING, 0)

    # The worker that took it died: another one takes over ten minutes later, without twins.
    DateSeries.objects.update(state=BulkState.RUNNING, started_at=NOW)
    assert not run_series(task_id=task.pk)
    later = NOW + timedelta(minutes=11)
    with clock.at(later):
        assert tend_series(now=later) == {"run": 1}

    task.refresh_from_db()
    assert (task.state, task.done, task.created) == (BulkState.DONE, 57, 57)
    assert full.offer.stocks.count() == 57
    assert not run_series(task_id=task.pk)


def test_an_offer_frozen_meanwhile_stops_its_series_with_a_sentence(full, festival, by, settings):
    settings.SERIES_AT_ONCE = 20
    task = add_series(offer=full.offer, series=festival, by=by)
    Offer.objects.update(validation="PENDING")

    run_series(task_id=task.pk)

    task.refresh_from_db()
    assert (task.state, task.created) == (BulkState.FAILED, 0)
    assert "instruction" in task.refusal


def test_dates_go_together_with_the_bookings_that_were_announced(by):
    stock = StockFactory()
    offer, tariff = stock.offer, stock.price_category
    other, free = StockFactory.create_batch(2, offer=offer, price_category=tariff)
    bookings = [BookingFactory(stock=stock), BookingFactory(stock=other)]
    OutboxMessage.objects.all().delete()
    ids = [stock.pk, other.pk, StockFactory().pk]

    announced = preview_withdrawals(stock_ids=ids[:2])
    count, done = withdraw_dates(offer=offer, stock_ids=ids, by=by)

    assert (count, done) == (2, announced)
    assert (done.bookings, done.cents) == (2, sum(one.total_cents for one in bookings))
    assert set(Booking.objects.values_list("status", flat=True)) == {"CANCELLED"}
    assert list(offer.stocks.live()) == [free]
    assert (
        OutboxMessage.objects.filter(kind="EMAIL").count() == 4
    )  # each person; the venue, for each date


def test_one_old_date_keeps_all_of_them(by):
    stock = StockFactory(beginning_at=NOW - timedelta(hours=49))
    ahead = StockFactory(offer=stock.offer, price_category=stock.price_category)
    booking = BookingFactory(stock=ahead)

    with pytest.raises(StockTooOld, match="1 de ces dates"):
        withdraw_dates(offer=stock.offer, stock_ids=[stock.pk, ahead.pk], by=by)

    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"
    assert stock.offer.stocks.live().count() == 2
