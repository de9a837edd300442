"""Stocks read from a software's feed: what they make, change, refuse (PRV-04 to PRV-10)."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse

from offers.enums import BulkState
from offers.exceptions import FeedStopped
from offers.models import CatalogueItem, FeedRun, Offer, Stock
from offers.services import feeds
from offers.services.feeds import ask_for_reading, read_feeds, run_feed
from offers.services.synchronised import pause_synchronisation
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.registers import feeds as readers
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import MembershipFactory, ProviderFactory, VenueProviderFactory
from venues.enums import ProviderKind

pytestmark = pytest.mark.django_db

ATLAS, MIST, RECORD, REFUSED = (
    "9782000000036", "9782000000012", "3700000000017", "9782000000999",
)  # fmt: skip


@pytest.fixture
def told(monkeypatch):
    """What the software answers: a list of lines, to be changed; or what it raises."""
    lines: list = [{"ref": ATLAS, "available": 3, "price": 14.5}]
    monkeypatch.setattr(readers, "page_of", lambda after="", **_: [*lines] if not after else [])
    return lines


@pytest.fixture
def link():
    for ean, kind in ((ATLAS, ""), (MIST, ""), (RECORD, "_CD"), (REFUSED, "")):
        CatalogueItem.objects.create(
            ean=ean, title=f"Titre {ean[-2:]}", is_refused=ean == REFUSED,
            subcategory_id="SUPPORT_PHYSIQUE_MUSIQUE_CD" if kind else "LIVRE_PAPIER",
        )  # fmt: skip
    software = ProviderFactory(
        name="Page et Plume", kind=ProviderKind.BOOKSHOP, feed_url="https://caisse.example/stocks"
    )
    return VenueProviderFactory(provider=software, new_price_cents=9_90, new_quantity=2)


def stocks():
    rows = Stock.objects.order_by("offer__extra_data__ean").values_list(
        "offer__extra_data__ean", "price_cents", "quantity"
    )
    return list(rows)


def test_a_feed_makes_follows_and_empties_offers_and_says_what_it_refused(link, told):
    told += [
        {"ref": MIST},  # neither price nor quantity: those of the parameters (PRV-07)
        {"ref": RECORD, "available": 1, "price": 17},
        {"ref": REFUSED, "available": 1, "price": 9},
        {"ref": "9780000000002", "available": 1, "price": 9},
        {"ref": "12", "available": 1},
        {"ref": "9780000000019", "price": 9_999},
        {"ref": "9780000000026", "available": -1, "price": 9},
        "bruit",
    ]
    first = run_feed(link_id=link.pk)

    assert (first.state, first.read, first.created, first.updated) == ("DONE", 9, 3, 0)
    assert (first.kept, first.refused) == (3, 6)
    assert [one["line"] for one in first.rejected] == [4, 5, 6, 7, 8, 9]
    assert first.rejected[2]["text"] == "12"
    assert [(one["line"], one["why"]) for one in first.rejected[2:5]] == [
        (6, "L’EAN est composé de 13 chiffres."),
        (7, "Le prix va de 0 à 300,00\u00a0€."),
        (8, "La quantité est un nombre entier, de 0 à 1 000 000."),
    ]
    assert {one["why"] for one in first.rejected[:2]} == {
        "Ce produit est refusé par les conditions d’utilisation.",
        "Cet EAN n’est pas dans le catalogue.",
    }
    assert stocks() == [(RECORD, 17_00, 1), (MIST, 9_90, 2), (ATLAS, 14_50, 3)]
    assert set(Offer.objects.values_list("is_active", "provider")) == {(True, link.provider_id)}

    again = run_feed(link_id=link.pk)
    assert (again.created, again.updated, again.emptied) == (0, 0, 0)

    BookingFactory(stock=Stock.objects.get(offer__extra_data__ean=ATLAS), amount_cents=14_50)
    Offer.objects.filter(extra_data__ean=MIST).update(is_active=False)
    told[:] = [{"ref": ATLAS, "available": 5, "price": 15}, {"ref": MIST, "available": 4}]
    later = run_feed(link_id=link.pk)
    assert (later.updated, later.emptied) == (2, 1)
    # What is booked stays aside, what a person paused stays paused, what left is out of stock.
    assert stocks() == [(RECORD, 17_00, 0), (MIST, 9_90, 4), (ATLAS, 15_00, 6)]
    assert not Offer.objects.get(extra_data__ean=MIST).is_active


def test_hand_made_offers_are_taken_over_and_those_refused_left_alone(link, told):
    for ean, facts in ((ATLAS, {"is_active": False}), (MIST, {"validation": "REJECTED"})):
        offer = OfferFactory(
            venue=link.venue, book=True, extra_data={"ean": ean},
            **{"is_active": False} | facts,
        )  # fmt: skip
        StockFactory(undated=True, offer=offer, price_cents=5_00)
    told.append({"ref": MIST, "available": 4, "price": 3})

    run = run_feed(link_id=link.pk)

    assert (run.created, run.updated, run.refused) == (0, 1, 1)
    assert stocks() == [(MIST, 5_00, 10), (ATLAS, 14_50, 3)]
    taken = Offer.objects.get(extra_data__ean=ATLAS)
    assert (taken.provider, taken.is_active) == (link.provider, False)


def test_a_failure_keeps_what_was_read_and_is_told(link, monkeypatch):
    monkeypatch.setattr(readers, "PAGE", 1)
    pages = iter([[{"ref": ATLAS, "available": 3, "price": 14.5}]])
    monkeypatch.setattr(readers, "page_of", lambda **_: next(pages, None) or _down())

    run = run_feed(link_id=link.pk)

    assert (run.state, run.created) == (BulkState.FAILED, 1)
    assert "ne répond pas" in run.failure
    assert stocks() == [(ATLAS, 14_50, 3)]


def _down():
    raise readers.FeedDown


def test_the_job_reads_what_is_due_asked_or_lost(link, told, settings):
    now = clock.now()
    assert read_feeds(now=now) == {"read": 1, "failed": 0, "created": 1, "updated": 0}
    assert read_feeds(now=now)["read"] == 0
    assert ask_for_reading(link_id=link.pk) == ask_for_reading(link_id=link.pk)
    assert read_feeds(now=now)["read"] == 1
    # A worker died in the middle: another waits an hour, then reads.
    FeedRun.objects.filter(pk=FeedRun.objects.latest("pk").pk).update(state="RUNNING")
    assert run_feed(link_id=link.pk) is None
    with clock.at(now + timedelta(hours=5)):
        assert read_feeds(now=clock.now())["read"] == 1
    assert FeedRun.objects.filter(failure="Interrompu.").count() == 1
    # Nobody reads for a venue that stopped its software, nor where feeds are off.
    pause_synchronisation(link_id=link.pk, by=SYSTEM)
    with clock.at(now + timedelta(hours=10)):
        assert read_feeds(now=clock.now())["read"] == 0
    with pytest.raises(FeedStopped):
        ask_for_reading(link_id=link.pk)
    settings.STOCK_FEEDS = "off"
    assert read_feeds(now=now) == {"read": 0}


def test_a_stop_in_the_middle_ends_the_reading(link, told, monkeypatch):
    def lines(**_):
        pause_synchronisation(link_id=link.pk, by=SYSTEM)
        return [*told]

    monkeypatch.setattr(readers, "page_of", lines)

    assert run_feed(link_id=link.pk).failure == FeedStopped.message
    assert not Offer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_offer_once(link, told):
    barrier = threading.Barrier(2)

    def work():
        try:
            barrier.wait(timeout=30)
            run_feed(link_id=link.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert stocks() == [(ATLAS, 14_50, 3)]
    assert not FeedRun.objects.exclude(state="DONE").exists()


def test_the_venue_chooses_sets_and_reads_its_feed(client, link, told, monkeypatch):
    member = MembershipFactory()
    shop = VenueProviderFactory(venue__offerer=member.offerer, status="REVOKED").venue
    page = reverse("venues:synchronisation_authorise", args=[shop.pk, link.provider_id])
    client.force_login(member.user)
    monkeypatch.setattr(readers, "page_of", lambda **_: _unknown())
    refused = client.post(page, {"new_price_cents": "12,50", "contact_email": "a@example.org"})
    assert refused.status_code == 409
    assert "ne connaît pas encore ce lieu" in refused.text
    assert 'value="12,50"' in refused.text
    monkeypatch.setattr(readers, "page_of", lambda **_: [*told])

    chosen = client.post(page, {"new_price_cents": "12,50"}, follow=True).text
    assert "la première commence dans les dix minutes" in chosen
    own = shop.provider_links.get(provider=link.provider)
    assert (own.new_price_cents, own.new_quantity, own.account) == (12_50, None, shop.siret)
    asked = client.post(reverse("offers:feed_read", args=[shop.pk]), follow=True).text
    assert "Demandée" in asked
    told.append({"ref": "12"})
    run = run_feed(link_id=own.pk)
    shown = client.get(reverse("offers:feed_run", args=[run.pk])).text
    assert "1 ligne refusée" in shown
    assert "1 offre créée" in client.get(reverse("venues:synchronisations", args=[shop.pk])).text
    assert feeds.links_with_feed().count() == 2


def _unknown():
    raise readers.UnknownAccount
