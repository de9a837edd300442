"""An edit that a rule holds back puts a published offer under review again (MOD-05)."""

from dataclasses import replace

import pytest

from offers.enums import OfferValidation
from offers.models import ModerationCondition, ModerationRule
from offers.services.details import stored_details
from offers.services.draft import update_offer
from offers.services.moderate import approve_offer
from offers.services.price_categories import PriceRow, set_price_categories
from offers.services.stocks import set_good_stock
from passpro.kernel import outbox
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


def rule(field, operator, value, *, is_on=True):
    made = ModerationRule.objects.create(name=f"{field} {value}", is_on=is_on)
    ModerationCondition.objects.create(rule=made, field=field, operator=operator, value=value)
    return made


def retitled(offer, title):
    return update_offer(offer=offer, details=replace(stored_details(offer), title=title), by=SYSTEM)


def test_a_banned_word_added_later_hides_the_offer_and_tells_the_venue(snapshot):
    made = rule("TITLE", "CONTAINS", "casino")
    offer = OfferFactory(title="Soirée jeux", subcategory_id="VISITE", venue__name="Grande salle")

    changed = retitled(offer, "Soirée casino")

    assert changed.validation == OfferValidation.PENDING
    assert not changed.is_active
    assert [flag.rule_id for flag in changed.flags.all()] == [made.pk]
    message = OutboxMessage.objects.get(event="offers/offer_held")
    content = outbox.content_of(message)
    text = content["text"].replace(f"/offre/{offer.pk}", "/offre/1")
    assert "\n".join([message.recipient, content["subject"], text]) == snapshot


def test_what_the_team_accepted_is_not_asked_again():
    rule("TITLE", "CONTAINS", "casino")
    rule("TITLE", "CONTAINS", "poker", is_on=False)
    offer = retitled(OfferFactory(subcategory_id="VISITE"), "Soirée casino")
    offer = approve_offer(offer=offer, by=SYSTEM)

    assert retitled(offer, "Grande soirée casino et poker").validation == OfferValidation.APPROVED


def test_a_draft_is_only_checked_when_it_is_published():
    rule("TITLE", "CONTAINS", "casino")
    draft = OfferFactory(draft=True, subcategory_id="VISITE")

    assert retitled(draft, "Soirée casino").validation == OfferValidation.DRAFT


def test_a_higher_price_counts_for_events_and_for_goods():
    rule("PRICE", "OVER", "100")
    date, good = StockFactory(), StockFactory(undated=True)
    (tariff,) = date.offer.price_categories.all()

    row = PriceRow(pk=tariff.pk, label=tariff.label, price_cents=150_00)
    set_price_categories(offer=date.offer, rows=[row], by=SYSTEM)
    set_good_stock(offer=good.offer, price_cents=100_00, by=SYSTEM)

    for stock in (date, good):
        stock.offer.refresh_from_db()
    assert date.offer.validation == OfferValidation.PENDING
    assert good.offer.validation == OfferValidation.APPROVED
