"""What people change in an offer that a partner's software keeps (§2.14, OFF-140, OFF-143)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from offers.exceptions import MadeByPartner
from offers.services.close import close_offer
from offers.services.details import stored_details
from offers.services.draft import update_offer
from offers.services.price_categories import PriceRow, set_price_categories
from offers.services.series import discard_dates
from offers.services.stocks import change_stock
from passpro.kernel.actor import Actor
from tests.accounts.factories import UserFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import ProviderFactory
from venues.enums import ProviderKind

pytestmark = pytest.mark.django_db
SOFTWARE = Actor.api_key("demo_1")
NOTHING: set[str] = set()
DATES = {
    ProviderKind.TICKETING: NOTHING,
    ProviderKind.BOOKSHOP: NOTHING,
    ProviderKind.CINEMA: {"limit", "places"},
    ProviderKind.SCREENINGS: {"limit", "places", "tariff"},
}


@pytest.fixture
def by():
    return Actor.user(UserFactory())


def kept(kind, **facts):
    provider = ProviderFactory(kind=kind)
    facts = {"subcategory_id": "VISITE", "motor_accessible": True} | facts
    return OfferFactory(provider=provider, provider_key="A1", **facts)


@pytest.mark.parametrize("kind", DATES)
def test_people_change_access_and_link_the_rest_is_refused_field_by_field(kind, by):
    offer = kept(kind, is_duo=False)
    asked = stored_details(offer)

    changed = update_offer(
        offer=offer,
        details=replace(asked, audio_accessible=True, public_url="https://a.example"),
        by=by,
    )
    assert (changed.audio_accessible, changed.public_url) == (True, "https://a.example")

    with pytest.raises(MadeByPartner) as refusal:
        update_offer(offer=offer, details=replace(asked, title="Autre", description="x"), by=by)
    assert refusal.value.fields == ("description", "title")
    is_open = kind == ProviderKind.SCREENINGS
    if is_open:
        assert update_offer(offer=offer, details=replace(asked, is_duo=True), by=by).is_duo


@pytest.mark.parametrize("kind", DATES)
def test_of_its_dates_people_change_what_their_kind_of_software_leaves(kind, by):
    stock = StockFactory(offer=kept(kind), quantity=10)
    tariff = stock.price_category
    same = {
        "price_category": tariff,
        "beginning_at": stock.beginning_at,
        "booking_limit_at": stock.booking_limit_at,
        "quantity": 10,
    }
    if kind == ProviderKind.SCREENINGS:
        rows = [
            PriceRow(pk=tariff.pk, label=tariff.label, price_cents=tariff.price_cents),
            PriceRow(label="Ciné-club", price_cents=4_00),
        ]
        other = set_price_categories(offer=stock.offer, rows=rows, by=by)[1]
    else:
        other = None
        with pytest.raises(MadeByPartner):
            set_price_categories(
                offer=stock.offer, rows=[PriceRow(label="x", price_cents=1)], by=by
            )
    wishes = {
        "limit": {"booking_limit_at": stock.beginning_at - timedelta(hours=2)},
        "places": {"quantity": 12},
        "hour": {"beginning_at": stock.beginning_at + timedelta(hours=1)},
        **({"tariff": {"price_category": other}} if other else {}),
    }
    done = set()
    for name, wish in wishes.items():
        stock.refresh_from_db()
        try:
            change_stock(stock=stock, by=by, **{**same, **wish})
        except MadeByPartner:
            continue
        done.add(name)
    assert done == DATES[kind]
    if done:
        assert close_offer(offer=stock.offer, by=by) == 1
    else:
        with pytest.raises(MadeByPartner):
            close_offer(offer=stock.offer, by=by)
    # Whatever the software, a date is given up from the portal.
    assert discard_dates(offer=stock.offer, pks=[stock.pk], by=by) == 1


def test_what_people_changed_stays_when_the_software_writes_again(by):
    stock = StockFactory(offer=kept(ProviderKind.SCREENINGS, is_duo=False), quantity=10)
    offer, asked = stock.offer, stored_details(stock.offer)
    facts = {
        "price_category": stock.price_category,
        "beginning_at": stock.beginning_at,
        "booking_limit_at": stock.booking_limit_at,
    }
    update_offer(offer=offer, details=replace(asked, is_duo=True), by=by)
    change_stock(stock=stock, by=by, quantity=12, **facts)

    again = update_offer(offer=offer, details=replace(asked, title="Le film"), by=SOFTWARE)
    later = facts | {"beginning_at": stock.beginning_at + timedelta(hours=1)}
    moved = change_stock(stock=stock, by=SOFTWARE, quantity=10, **later)

    assert (again.title, again.is_duo) == ("Le film", True)
    assert (moved.quantity, moved.beginning_at) == (12, later["beginning_at"])

    # A limit chosen by hand never follows the beginning.
    limit = stock.beginning_at - timedelta(hours=1)
    facts |= {"beginning_at": moved.beginning_at, "booking_limit_at": limit, "quantity": 12}
    change_stock(stock=moved, by=by, **facts)
    sooner = stock.beginning_at - timedelta(hours=3)
    again = facts | {"beginning_at": sooner, "booking_limit_at": sooner}
    forward = change_stock(stock=moved, by=SOFTWARE, **again)
    assert (forward.beginning_at, forward.booking_limit_at) == (sooner, sooner)
