"""Offers kept for later, and what changed since (issue 4 §7)."""

from datetime import timedelta

import pytest

from offers.models import Favorite
from offers.services.favorites import keep_offer
from offers.services.moderate import reject_offer
from passpro.accounts.personal_data import holders
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory

pytestmark = pytest.mark.django_db


def test_an_offer_is_kept_listed_and_forgotten_without_script(cast):
    chloe = cast.client("beneficiary")
    offer = StockFactory(offer__title="Le grand soir").offer

    kept = chloe.post(f"/app/offre/{offer.pk}/favori", {"keep": "1"}, follow=True)
    chloe.post(f"/app/offre/{offer.pk}/favori", {"keep": "1"})

    assert "Dans tes favoris" in kept.text
    assert Favorite.objects.count() == 1
    assert "Le grand soir" in chloe.get("/app/favoris").text
    back = chloe.post(f"/app/offre/{offer.pk}/favori", {"keep": "0", "next": "/app/favoris"})
    assert back.url == "/app/favoris"
    assert "Rien de côté" in chloe.get("/app/favoris").text


def test_the_list_tells_what_changed_since(cast):
    chloe = cast.client("beneficiary")
    moved, gone, dearer, same = (StockFactory(offer__title=word) for word in "ABCD")
    late = PriceCategoryFactory(offer=gone.offer, label="Tarif du soir")
    StockFactory(
        offer=gone.offer, price_category=late, beginning_at=clock.now() + timedelta(days=20)
    )
    for stock in (moved, gone, dearer, same):
        keep_offer(user=cast.chloe, offer=stock.offer)
    before = moved.beginning_at
    moved.beginning_at = moved.booking_limit_at = before + timedelta(days=3)
    moved.save()
    gone.deleted_at = clock.now()
    gone.save()
    dearer.price_cents = 15_00
    dearer.save()

    page = chloe.get("/app/favoris")

    changes = {line["offer"].title: line["changes"] for line in page.context["lines"]}
    assert changes["A"].old_beginning_at == before
    assert changes["A"].new_beginning_at == moved.beginning_at
    assert changes["B"].is_date_withdrawn
    assert (changes["C"].old_price_cents, changes["C"].new_price_cents) == (10_00, 15_00)
    assert not changes["D"]
    for words in ("Date déplacée", "n’a plus lieu", "Le prix a changé"):
        assert words in page.text


def test_a_date_that_is_over_is_no_change(cast):
    stock = StockFactory()
    keep_offer(user=cast.chloe, offer=stock.offer)

    with clock.at(stock.beginning_at + timedelta(days=1)):
        (line,) = cast.client("beneficiary").get("/app/favoris").context["lines"]

    assert not line["changes"]
    assert not line["can_be_booked"]


def test_a_refused_offer_leaves_the_favourites(cast):
    offer = OfferFactory()
    keep_offer(user=cast.chloe, offer=offer)

    reject_offer(offer=offer, by=SYSTEM, why="Hors du champ")

    assert not Favorite.objects.exists()


def test_personal_data_are_told_and_erased(cast):
    keep_offer(user=cast.chloe, offer=OfferFactory(title="Gardée"))
    (holder,) = [one for one in holders() if one.app == "offers"]

    assert holder.collect(cast.chloe)["Favoris"][0]["offre"] == "Gardée"
    holder.erase(cast.chloe)
    assert holder.collect(cast.chloe) == {}
