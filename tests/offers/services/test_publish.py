"""Publishing, pausing, deciding."""

from datetime import UTC, datetime, timedelta

import pytest

from offers.enums import OfferValidation
from offers.exceptions import (
    InvalidDetails,
    InvalidPublicationDate,
    NotPublishable,
    NotPublished,
    OfferFrozen,
    ReasonMissing,
)
from offers.models import Offer
from offers.services.moderate import approve_offer, reject_offer
from offers.services.publish import pause_offer, publish_offer, resume_offer
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import OffererFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
SHOW_TYPES = {"showType": "300", "showSubType": "302"}
READY = {
    "draft": True,
    "extra_data": SHOW_TYPES,
    "withdrawal_type": "no_ticket",
    "booking_contact": "billetterie@example.org",
}


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOW):
        yield


@pytest.fixture
def by():
    return Actor.user(UserFactory())


def draft(**facts):
    offer = OfferFactory(**{**READY, **facts})
    StockFactory(offer=offer)
    return offer


def test_publishing_approves_and_shows_at_once(by):
    offer = publish_offer(offer=draft(), by=by)

    offer.refresh_from_db()
    assert offer.validation == OfferValidation.APPROVED
    assert offer.is_released(NOW)
    assert (offer.publication_at, offer.validated_at, offer.author_id) == (NOW, NOW, by.user_id)
    row = offer.transitions.get()
    assert (row.before, row.after, row.actor_id) == ("DRAFT", "APPROVED", by.user_id)


def test_publishing_twice_changes_nothing(by):
    offer = publish_offer(offer=draft(), by=by)
    with clock.at(NOW + timedelta(days=1)):
        again = publish_offer(offer=offer, by=by)

    assert again.validated_at == NOW
    assert offer.transitions.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_the_first_offer_of_a_venue_is_told_once(by):
    offer = publish_offer(offer=draft(), by=by)
    publish_offer(offer=draft(venue=offer.venue), by=by)

    message = OutboxMessage.objects.get()
    assert message.event == "offers/first_offer"
    assert message.recipient == offer.venue.booking_email


@pytest.mark.parametrize(
    "stock",
    [
        None,
        {"beginning_at": NOW - timedelta(days=1)},
        {"booking_limit_at": NOW},
        {"booked_quantity": 10},
        {"deleted_at": NOW},
    ],
)
def test_an_offer_without_anything_to_book_is_not_published(stock, by):
    offer = OfferFactory(**READY)
    if stock:
        StockFactory(offer=offer, **stock)

    with pytest.raises(NotPublishable):
        publish_offer(offer=offer, by=by)


def test_an_incomplete_draft_is_not_published(by):
    with pytest.raises(InvalidDetails):
        publish_offer(offer=draft(extra_data={}), by=by)


@pytest.mark.parametrize("state", [OfferValidation.PENDING, OfferValidation.REJECTED])
def test_only_drafts_are_published(state, by):
    with pytest.raises(OfferFrozen):
        publish_offer(offer=draft(validation=state), by=by)


def test_a_planned_offer_is_scheduled_until_its_quarter_of_an_hour(by):
    moment = NOW + timedelta(days=2, minutes=15)

    offer = publish_offer(offer=draft(), by=by, publication_at=moment)

    assert not offer.is_released(NOW)
    assert offer.is_released(moment)
    assert Offer.objects.with_display_status(NOW).get().display_status == "SCHEDULED"


@pytest.mark.parametrize(
    "moment",
    [NOW, NOW - timedelta(hours=1), NOW + timedelta(minutes=7), NOW + timedelta(days=731)],
)
def test_impossible_publication_dates_are_refused(moment, by):
    with pytest.raises(InvalidPublicationDate):
        publish_offer(offer=draft(), by=by, publication_at=moment)


def test_nothing_left_to_book_at_the_planned_instant_is_refused(by):
    with pytest.raises(NotPublishable):
        publish_offer(offer=draft(), by=by, publication_at=NOW + timedelta(days=20))


def test_content_is_published_before_the_structure_is_validated_but_not_seen(by):
    offer = publish_offer(offer=draft(venue__offerer=OffererFactory(new=True)), by=by)

    assert not offer.is_released(NOW)
    assert not Offer.objects.bookable(NOW).exists()


def test_pausing_hides_and_resuming_shows(by):
    offer = publish_offer(offer=draft(), by=by)

    assert not pause_offer(offer=offer, by=by).is_released(NOW)
    assert resume_offer(offer=offer, by=by).is_released(NOW)
    assert resume_offer(offer=offer, by=by).is_active
    assert list(offer.transitions.values_list("why", flat=True)) == ["", "Mise en pause", "Reprise"]


def test_a_draft_is_neither_paused_nor_resumed(by):
    for verb in (pause_offer, resume_offer):
        with pytest.raises(NotPublished):
            verb(offer=draft(), by=by)


def test_rejecting_hides_freezes_and_says_why(by):
    offer = publish_offer(offer=draft(), by=by)

    reject_offer(offer=offer, by=by, why="Titre trompeur")

    offer.refresh_from_db()
    assert (offer.validation, offer.is_active) == ("REJECTED", False)
    message = OutboxMessage.objects.get(event="offers/offer_rejected")
    assert "Titre trompeur" in message.payload["text"]
    assert offer.transitions.last().why == "Titre trompeur"


def test_rejecting_needs_a_reason(by):
    offer = publish_offer(offer=draft(), by=by)
    with pytest.raises(ReasonMissing):
        reject_offer(offer=offer, by=by, why=" ")


@pytest.mark.parametrize("state", [OfferValidation.PENDING, OfferValidation.REJECTED])
def test_approving_shows_and_tells_the_venue(state, by):
    offer = approve_offer(offer=draft(validation=state), by=by)

    assert offer.is_released(NOW)
    # The first of its venue: told, and congratulated.
    assert set(OutboxMessage.objects.values_list("event", flat=True)) == {
        "offers/offer_approved", "offers/first_offer",
    }  # fmt: skip


def test_a_draft_is_not_decided_by_the_team(by):
    with pytest.raises(ForbiddenTransition):
        reject_offer(offer=draft(), by=by, why="Non")
