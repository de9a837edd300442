from datetime import timedelta

import pytest
from django.core.cache import cache

from bookings.models import Booking
from bookings.services import structures
from bookings.services.structures import (
    ask_to_close,
    cancel_bookings_of_closed,
    check_companies,
    close_structure,
    preview_closing,
    suspend_structure,
)
from offers.enums import BulkVerb
from offers.models import Offer
from offers.services.bulk import concerned
from offers.services.details import OfferDetails
from offers.services.draft import draft_offer
from offers.services.moderate import approve_offer
from offers.services.publish import publish_offer, resume_offer
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import MembershipFactory, OffererFactory, VenueFactory
from venues.exceptions import (
    ClosingAlreadyAsked,
    ClosingNotAsked,
    ClosingNotPossible,
    ReasonMissing,
    StructureClosed,
    StructureClosing,
    StructureHasBookings,
)
from venues.models import Offerer
from venues.services.lifecycle import keep_open

pytestmark = pytest.mark.django_db
TEAM = Actor("USER", "Farid")


@pytest.fixture(autouse=True)
def _forgetful_cache():
    cache.clear()


@pytest.fixture
def offerer():
    offerer = OffererFactory(siren="780000089")
    MembershipFactory(offerer=offerer, user__email="alice@example.org")
    return offerer


def stock_in(offerer, days, **facts):
    venue = offerer.venues.first() or VenueFactory(offerer=offerer)
    begins = clock.now() + timedelta(days=days)
    return StockFactory(offer__venue=venue, beginning_at=begins, **facts)


def close(offerer, capture):
    with capture(execute=True):
        return close_structure(offerer_id=offerer.pk, reason="Cessation", by=TEAM)


def statuses(*bookings):
    return [
        Booking.objects.filter(pk=one.pk).values_list("status", flat=True)[0] for one in bookings
    ]


def test_closing_hides_offers_and_cancels_what_is_to_come(
    offerer, django_capture_on_commit_callbacks
):
    deposit = DepositFactory(user__email="chloe@example.org")
    coming = BookingFactory(stock=stock_in(offerer, 5), deposit=deposit)
    good = BookingFactory(
        stock=StockFactory(undated=True, offer__venue=coming.venue, offer__good=True)
    )
    yesterday = BookingFactory(stock=stock_in(offerer, -1))
    long_ago = BookingFactory(stock=stock_in(offerer, -10))
    used = BookingFactory(stock=stock_in(offerer, -2), used=True)
    elsewhere = BookingFactory()

    close(offerer, django_capture_on_commit_callbacks)

    assert statuses(coming, good, yesterday, long_ago, used, elsewhere) == [
        "CANCELLED", "CANCELLED", "CONFIRMED", "CANCELLED", "USED", "CONFIRMED",
    ]  # fmt: skip
    coming.refresh_from_db()
    assert coming.cancellation_reason == "OFFERER"
    assert coming.transitions.latest("pk").why == "Structure fermée"
    coming.stock.refresh_from_db()
    deposit.refresh_from_db()
    assert (coming.stock.booked_quantity, deposit.spent_cents) == (0, 0)
    offers = Offer.objects.filter(venue__offerer=offerer)
    assert set(offers.values_list("is_active", flat=True)) == {False}
    assert offers.first().transitions.latest("pk").why == "Structure fermée"
    assert Offer.objects.get(pk=elsewhere.offer_id).is_active
    sent = OutboxMessage.objects.filter(kind="EMAIL").values_list("event", "recipient")
    assert ("venues/offerer_closed", "alice@example.org") in sent
    assert ("bookings/cancelled_by_venue", "chloe@example.org") in sent
    assert len(sent) == 4, "three young people and one member"


def test_a_worker_that_died_is_replaced_by_the_job_page_by_page(offerer, monkeypatch):
    monkeypatch.setattr(structures, "CLOSING_PAGE", 2)
    stock = stock_in(offerer, 5)
    for _ in range(5):
        BookingFactory(stock=stock)
    close_structure(offerer_id=offerer.pk, reason="Cessation", by=TEAM)  # its commit never came
    assert Booking.objects.filter(status="CONFIRMED").count() == 5

    assert cancel_bookings_of_closed(now=clock.now()) == {"cancelled": 5}
    assert cancel_bookings_of_closed(now=clock.now()) == {"cancelled": 0}
    stock.refresh_from_db()
    assert stock.booked_quantity == 0
    assert OutboxMessage.objects.filter(event="bookings/cancelled_by_venue").count() == 5


def test_cancelling_a_thousand_bookings_takes_few_statements(
    offerer, django_assert_max_num_queries
):
    stock = stock_in(offerer, 5, quantity=100)
    for _ in range(60):
        BookingFactory(stock=stock)
    Offerer.objects.update(status="CLOSED")

    with django_assert_max_num_queries(20):
        cancel_bookings_of_closed(now=clock.now())


def test_a_refused_structure_honours_nothing_either(offerer):
    booking = BookingFactory(stock=stock_in(offerer, 5))
    Offerer.objects.update(status="REJECTED")

    cancel_bookings_of_closed(now=clock.now())

    assert statuses(booking) == ["CANCELLED"]


def test_a_closing_without_reason_changes_nothing(offerer):
    OfferFactory(venue__offerer=offerer)

    with pytest.raises(ReasonMissing):
        close_structure(offerer_id=offerer.pk, reason=" ", by=TEAM)

    assert Offer.objects.get().is_active


def test_a_closed_structure_drafts_no_offer(offerer):
    Offerer.objects.update(status="CLOSED")
    offerer.refresh_from_db()

    with pytest.raises(StructureClosed):
        draft_offer(
            offerer=offerer,
            venue=None,
            details=OfferDetails(title="Trop tard", subcategory_id="CONCERT"),
            by=TEAM,
        )


def test_a_structure_with_bookings_to_honour_is_not_suspended(offerer):
    booking = BookingFactory(stock=stock_in(offerer, 5))

    with pytest.raises(StructureHasBookings, match="1 réservation à honorer"):
        suspend_structure(offerer_id=offerer.pk, reason="Doute", by=TEAM)
    offerer.refresh_from_db()
    assert offerer.is_active

    Booking.objects.filter(pk=booking.pk).delete()
    assert not suspend_structure(offerer_id=offerer.pk, reason="Doute", by=TEAM).is_active


def test_companies_that_ceased_are_closed_or_refused_at_night(offerer):
    waiting = OffererFactory(siren="780000170", new=True)
    stays = OffererFactory(siren="780000188")

    first = check_companies(now=clock.now())
    second = check_companies(now=clock.now())

    waiting.refresh_from_db()
    offerer.refresh_from_db()
    assert first == {"checked": 2, "ceased": 1}
    assert second == {"checked": 0, "ceased": 0}, "the silent one is asked again, in vain"
    assert (waiting.status, offerer.status) == ("REJECTED", "VALIDATED")
    assert [tag.code for tag in waiting.tags.all()] == ["entreprise-cessee"]
    assert Offerer.objects.get(pk=stays.pk).status == "VALIDATED"


def test_a_validated_structure_that_ceased_is_closed(django_capture_on_commit_callbacks):
    ceased = OffererFactory(siren="780000170")
    booking = BookingFactory(stock=stock_in(ceased, 5))

    with django_capture_on_commit_callbacks(execute=True):
        check_companies(now=clock.now())

    ceased.refresh_from_db()
    assert ceased.status == "CLOSED"
    assert statuses(booking) == ["CANCELLED"]


def test_an_installation_may_leave_ceased_companies_to_its_team(settings):
    settings.CLOSE_CEASED_STRUCTURES = False
    ceased = OffererFactory(siren="780000170")

    assert check_companies(now=clock.now()) == {"checked": 1, "ceased": 0}
    ceased.refresh_from_db()
    assert ceased.status == "VALIDATED"


def test_an_asked_closing_withdraws_the_offers_until_the_team_decides(offerer):
    stock = stock_in(offerer, 12)
    booking = BookingFactory(stock=stock)
    with pytest.raises(ReasonMissing):
        ask_to_close(offerer_id=offerer.pk, reason=" ", by=TEAM)

    preview = preview_closing(offerer, now=clock.now())
    ask_to_close(offerer_id=offerer.pk, reason="Fin de bail", by=TEAM)

    assert (preview.offers, preview.bookings) == (1, 1)
    offer = Offer.objects.get()
    booking.refresh_from_db()
    assert (offer.is_active, booking.status) == (False, "CONFIRMED")
    assert Offerer.objects.closing_asked().get() == offerer
    with pytest.raises(ClosingAlreadyAsked):
        ask_to_close(offerer_id=offerer.pk, reason="Fin de bail", by=TEAM)
    draft = OfferFactory(venue=offer.venue, draft=True)
    waiting = OfferFactory(venue=offer.venue, validation="PENDING", is_active=False)
    for refused in (
        lambda: resume_offer(offer=offer, by=TEAM),
        lambda: publish_offer(offer=draft, by=TEAM),
        lambda: approve_offer(offer=waiting, by=TEAM),
    ):
        with pytest.raises(StructureClosing, match="fermeture"):
            refused()
    assert not concerned(BulkVerb.RESUME, Offer.objects.all()).exists()

    keep_open(offerer_id=offerer.pk, by=TEAM)

    assert resume_offer(offer=offer, by=TEAM).is_active

    assert not Offerer.objects.closing_asked().exists()
    with pytest.raises(ClosingNotAsked):
        keep_open(offerer_id=offerer.pk, by=TEAM)
    with pytest.raises(ClosingNotPossible):
        ask_to_close(offerer_id=OffererFactory(new=True).pk, reason="Fin", by=TEAM)
