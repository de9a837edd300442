"""The words of the e-mails about offers (MSG-20 to MSG-22), as they are sent."""

from datetime import UTC, datetime, timedelta

import pytest

from finance.models import VenueBankAccountLink
from offers.enums import OfferValidation
from offers.services.moderate import approve_offer, reject_offer
from offers.services.plan import tell_planned
from offers.services.publish import publish_offer
from offers.services.reports import report_offer
from passpro.kernel import clock, outbox
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.finance.factories import BankAccountFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def june():
    with clock.at(datetime(2026, 6, 1, 10, 0, tzinfo=UTC)):
        yield


def words(offer):
    """Recipient, subject and text of the only message, without the number of the row."""
    message = OutboxMessage.objects.get()
    content = outbox.content_of(message)
    text = content["text"].replace(f"/offre/{offer.pk}", "/offre/1")
    assert f"/offre/{offer.pk}" in content["html"]
    assert "&amp; autres" in content["html"]
    return "\n".join([message.recipient, content["subject"], text])


@pytest.fixture
def facts():
    return {"title": "Le Lac des cygnes & autres « pas »", "venue__name": "Grande salle"}


def test_first_offer_of_a_venue(facts, snapshot):
    offer = OfferFactory(draft=True, subcategory_id="VISITE", motor_accessible=True, **facts)
    StockFactory(offer=offer)

    publish_offer(offer=offer, by=SYSTEM)

    assert words(offer) == snapshot


def test_bank_details_are_not_asked_for_when_an_account_receives_the_money(facts):
    offer = OfferFactory(draft=True, subcategory_id="VISITE", motor_accessible=True, **facts)
    StockFactory(offer=offer)
    account = BankAccountFactory(offerer=offer.venue.offerer)
    VenueBankAccountLink.objects.create(venue=offer.venue, bank_account=account)

    publish_offer(offer=offer, by=SYSTEM)

    assert "compte bancaire" not in words(offer)


def test_planned_offer_has_become_visible(facts, snapshot):
    validated = clock.now() - timedelta(days=2)
    offer = OfferFactory(publication_at=clock.now(), validated_at=validated, **facts)
    OfferFactory(venue=offer.venue)  # published when it was validated: nothing to say

    assert tell_planned(now=clock.now()) == {"told": 1}
    assert tell_planned(now=clock.now() + timedelta(minutes=15)) == {"told": 0}
    assert words(offer) == snapshot


def test_second_offer_of_a_venue_is_not_told(facts):
    first = OfferFactory(**facts)
    offer = OfferFactory(
        venue=first.venue, draft=True, subcategory_id="VISITE", motor_accessible=True
    )
    StockFactory(offer=offer)

    publish_offer(offer=offer, by=SYSTEM)

    assert not OutboxMessage.objects.exists()


def test_approved(facts, snapshot):
    first = OfferFactory(**facts)
    offer = OfferFactory(
        venue=first.venue,
        title=facts["title"],
        validation=OfferValidation.PENDING,
        is_active=False,
    )

    approve_offer(offer=offer, by=SYSTEM)

    assert words(offer) == snapshot


def test_rejected(facts, snapshot):
    offer = OfferFactory(**facts)

    reject_offer(offer=offer, why="Cette offre ne relève pas du pass.", by=SYSTEM)

    assert words(offer) == snapshot


def test_refused_before_its_publication(facts, snapshot):
    planned = facts | {"publication_at": clock.now() + timedelta(days=2)}
    offer = OfferFactory(**planned)

    reject_offer(offer=offer, why="Cette offre ne relève pas du pass.", by=SYSTEM)

    assert words(offer) == snapshot


def test_refused_after_a_review(facts, snapshot):
    offer = OfferFactory(validation=OfferValidation.PENDING, is_active=False, **facts)

    reject_offer(offer=offer, why="Cette offre ne relève pas du pass.", by=SYSTEM)

    assert words(offer) == snapshot


def test_reported_by_two_young_people(facts, snapshot):
    offer = OfferFactory(**facts)
    people = [
        UserFactory(beneficiary=True, email=f"{name}@example.org") for name in ("chloe", "noa")
    ]

    first = report_offer(user=people[0], offer=offer, reason="PRICE_TOO_HIGH")
    second = report_offer(user=people[1], offer=offer, reason="OTHER", text="Rien à <voir>.")

    shown = []
    for message, report in zip(OutboxMessage.objects.order_by("pk"), (first, second), strict=True):
        content = outbox.content_of(message)
        text = content["text"].replace(f"/offerreport/{report.pk}/", "/offerreport/1/")
        shown.append("\n".join([message.recipient, content["subject"], text]))
    assert shown == snapshot
