"""Prices of an event."""

from datetime import timedelta

import pytest

from offers.exceptions import InvalidPriceCategories, OfferFrozen, PriceCategoryInUse
from offers.models import PriceCategory
from offers.services.price_categories import PriceRow, set_price_categories
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from tests.accounts.factories import UserFactory
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory

pytestmark = pytest.mark.django_db

FULL, REDUCED = (
    PriceRow(label="Plein tarif", price_cents=1800),
    PriceRow(label="Tarif réduit", price_cents=950),
)


@pytest.fixture
def by():
    return Actor.user(UserFactory())


def pairs(offer):
    return set(offer.price_categories.values_list("label", "price_cents"))


def test_prices_are_added_changed_and_removed_in_one_save(by):
    offer = OfferFactory(draft=True)
    full, _ = set_price_categories(offer=offer, rows=[FULL, REDUCED], by=by)

    set_price_categories(
        offer=offer,
        rows=[
            PriceRow(pk=full.pk, label="Carré or", price_cents=3000),
            PriceRow(label="Gratuit", price_cents=0),
        ],
        by=by,
    )

    assert pairs(offer) == {("Carré or", 3000), ("Gratuit", 0)}
    assert PriceCategory.objects.get(label="Carré or").pk == full.pk


@pytest.mark.django_db(transaction=True)
def test_two_prices_may_swap_their_labels(by):
    offer = OfferFactory(draft=True)
    rows = [PriceRow(label="A", price_cents=500), PriceRow(label="B", price_cents=500)]
    first, second = set_price_categories(offer=offer, rows=rows, by=by)

    set_price_categories(
        offer=offer,
        rows=[
            PriceRow(pk=first.pk, label="B", price_cents=500),
            PriceRow(pk=second.pk, label="A", price_cents=500),
        ],
        by=by,
    )

    assert PriceCategory.objects.get(pk=first.pk).label == "B"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [PriceRow(label=" ", price_cents=0)],
        [PriceRow(label="x" * 51, price_cents=0)],
        [PriceRow(label="Trop cher", price_cents=30_001)],
        [PriceRow(label="Négatif", price_cents=-1)],
        [FULL, PriceRow(label=" Plein  tarif ", price_cents=1800)],
        [PriceRow(label=f"Tarif {n}", price_cents=0) for n in range(51)],
        [PriceRow(pk=0, label="D’ailleurs", price_cents=0)],
    ],
)
def test_impossible_prices_are_refused(rows, by):
    with pytest.raises(InvalidPriceCategories):
        set_price_categories(offer=OfferFactory(draft=True), rows=rows, by=by)


def test_fifty_prices_and_300_euros_are_the_limits(by):
    offer = OfferFactory(draft=True)
    rows = [PriceRow(label=f"Tarif {n}", price_cents=30_000) for n in range(50)]

    assert len(set_price_categories(offer=offer, rows=rows, by=by)) == 50


def test_the_price_of_another_offer_is_refused(by):
    stranger = PriceCategoryFactory()
    row = PriceRow(pk=stranger.pk, label="Volé", price_cents=0)

    with pytest.raises(InvalidPriceCategories):
        set_price_categories(offer=OfferFactory(draft=True), rows=[row], by=by)


def test_a_price_of_a_published_offer_is_not_removed(by):
    stock = StockFactory()

    with pytest.raises(PriceCategoryInUse, match="publiée"):
        set_price_categories(offer=stock.offer, rows=[FULL], by=by, drops_dates=True)


def test_a_price_of_a_draft_goes_with_its_dates_once_that_is_said(by):
    stock = StockFactory(offer__draft=True)
    offer = stock.offer

    with pytest.raises(PriceCategoryInUse, match="1 date") as refusal:
        set_price_categories(offer=offer, rows=[FULL], by=by)
    assert refusal.value.field == "drops_dates"
    assert offer.stocks.exists()

    set_price_categories(offer=offer, rows=[FULL], by=by, drops_dates=True)
    assert pairs(offer) == {(FULL.label, FULL.price_cents)}
    assert not offer.stocks.exists()


def test_a_new_price_reaches_only_the_dates_that_have_not_started(by):
    future = StockFactory()
    category = future.price_category
    past = StockFactory(
        offer=future.offer,
        price_category=category,
        beginning_at=clock.now() - timedelta(days=1),
    )

    set_price_categories(
        offer=future.offer,
        rows=[PriceRow(pk=category.pk, label=category.label, price_cents=1200)],
        by=by,
    )

    future.refresh_from_db()
    past.refresh_from_db()
    assert (future.price_cents, past.price_cents) == (1200, 1000)


def test_duo_is_set_only_where_the_subcategory_allows_it(by):
    show = OfferFactory(draft=True)
    livestream = OfferFactory(draft=True, subcategory_id="LIVESTREAM_EVENEMENT", url="http://a.fr")
    for offer in (show, livestream):
        set_price_categories(offer=offer, rows=[FULL], by=by, is_duo=True)
        offer.refresh_from_db()

    assert (show.is_duo, livestream.is_duo) == (True, False)


def test_goods_and_frozen_offers_have_no_price_categories(by):
    with pytest.raises(InvalidPriceCategories):
        set_price_categories(offer=OfferFactory(draft=True, good=True), rows=[FULL], by=by)
    with pytest.raises(OfferFrozen):
        set_price_categories(
            offer=OfferFactory(draft=True, validation="PENDING"), rows=[FULL], by=by
        )
