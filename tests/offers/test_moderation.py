"""Rules of the team hold offers back at publication; tried on past offers before (§14.3)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from offers import moderation
from offers.enums import OfferValidation
from offers.exceptions import RuleWithoutCondition
from offers.models import ModerationCondition, ModerationRule, OfferFlag
from offers.services.details import stored_details
from offers.services.draft import update_offer
from offers.services.moderate import approve_offer
from offers.services.moderation_rules import switch_rule
from offers.services.price_categories import PriceRow, set_price_categories
from offers.services.publish import publish_offer
from offers.services.stocks import set_good_stock
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.accounts.factories import UserFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db
RULES = "/admin/offers/moderationrule/"


def rule(*conditions, name="Formation", is_on=True):
    made = ModerationRule.objects.create(name=name, is_on=is_on)
    for field, operator, value in conditions:
        ModerationCondition.objects.create(rule=made, field=field, operator=operator, value=value)
    return made


def draft(price_cents=1000, **facts):
    facts = {"subcategory_id": "VISITE", "motor_accessible": True, "draft": True} | facts
    return StockFactory(offer=OfferFactory(**facts), price_cents=price_cents).offer


@pytest.mark.parametrize(
    ("condition", "facts", "is_held"),
    [
        (("TITLE", "CONTAINS", "permis, forfait"), {"title": "Permis bateau"}, True),
        (("TITLE", "CONTAINS", "été"), {"title": "ETE à Brest"}, True),
        (("TITLE", "WORD", "art"), {"title": "Artisanat"}, False),
        (("TITLE", "WORD", "art"), {"title": "Visite d’art"}, True),
        (("TEXT", "CONTAINS", "cpf"), {"title": "Visite", "description": "Payable avec CPF"}, True),
        (("DESCRIPTION", "CONTAINS", "cpf"), {"title": "CPF", "description": "x"}, False),
        (("WITHDRAWAL", "CONTAINS", "par sms"), {"withdrawal_details": "Envoi par SMS"}, True),
        (("PRICE", "OVER", "150"), {"price_cents": 150_00}, False),
        (("PRICE", "AT_LEAST", "150,00"), {"price_cents": 150_00}, True),
        (("PRICE", "UNDER", "1"), {"price_cents": 0}, True),
        (("PRICE", "IS", "0"), {"price_cents": 0}, True),
        (("PRICE", "AT_MOST", "10"), {"price_cents": 10_00}, True),
        (("PRICE", "IS_NOT", "10"), {"price_cents": 10_00}, False),
        (("TITLE", "IS", "visite guidée"), {"title": "Visite guidee"}, True),
        (("TITLE", "IS_NOT", "visite"), {"title": "Visite guidée"}, True),
        (("NATURE", "IN", "evenement"), {}, True),
        (("NATURE", "NOT_IN", "evenement, bien"), {}, False),
        (("SHOW", "IN", "1101"), {"extra_data": {"showType": "1100", "showSubType": "1101"}}, True),
        (("SUBCATEGORY", "IN", "VISITE, CONCERT"), {}, True),
        (("SUBCATEGORY", "NOT_IN", "VISITE"), {}, False),
        (("CATEGORY", "IN", "MUSEE"), {}, True),
        (("OFFERER", "IN", "732 829 320"), {"venue__offerer__siren": "732829320"}, True),
        (("OFFERER", "IN", "732829320"), {}, False),
    ],
)
def test_each_comparison(condition, facts, is_held):
    rule(condition)

    assert bool(moderation.flags_of(draft(**facts))) == is_held


def test_a_rule_may_look_at_who_wrote_the_offer():
    rule(("AUTHOR", "IN", "Alice@example.org, bob@example.org"))

    assert moderation.flags_of(draft(author=UserFactory(email="alice@example.org")))
    assert not moderation.flags_of(draft(author=UserFactory(email="chloe@example.org")))
    assert not moderation.flags_of(draft())


def test_all_the_conditions_of_a_rule_must_be_true():
    rule(("TITLE", "CONTAINS", "stage"), ("PRICE", "OVER", "100"))

    assert not moderation.flags_of(draft(title="Stage", price_cents=50_00))
    assert moderation.flags_of(draft(title="Stage", price_cents=150_00))


def test_a_rule_that_is_off_or_empty_holds_nothing():
    rule(("TITLE", "CONTAINS", "stage"), is_on=False)
    rule(name="Vide")

    assert not moderation.flags_of(draft(title="Stage"))


def test_a_flagged_offer_waits_for_the_team_and_keeps_why():
    rule(("TITLE", "CONTAINS", "stage"))
    rule(("PRICE", "OVER", "100"), name="Prix élevé")
    offer = draft(title="Stage de voile", price_cents=200_00)

    publish_offer(offer=offer, by=SYSTEM)

    offer.refresh_from_db()
    assert (offer.validation, offer.is_active) == (OfferValidation.PENDING, False)
    assert set(OfferFlag.objects.values_list("rule_name", "why")) == {
        ("Formation", "Titre contient « stage »"),
        ("Prix élevé", "Prix le plus haut dépasse « 100 »"),
    }
    # The venue is not told which rule, nor congratulated.
    assert offer.transitions.get().why == "Contrôle avant publication"
    assert not OutboxMessage.objects.exists()


def test_an_offer_that_no_rule_flags_is_published_at_once():
    rule(("TITLE", "CONTAINS", "stage"))
    offer = draft(title="Visite du phare")

    publish_offer(offer=offer, by=SYSTEM)

    offer.refresh_from_db()
    assert (offer.validation, offer.is_active) == (OfferValidation.APPROVED, True)


def test_the_planned_instant_waits_with_the_offer_and_the_first_one_is_congratulated(at):
    rule(("TITLE", "CONTAINS", "stage"))
    with at("2026-06-01T10:00+02:00") as now:
        offer = draft(title="Stage")
        offer.stocks.update(beginning_at=now + timedelta(days=60))
        planned = now + timedelta(days=7)
        publish_offer(offer=offer, by=SYSTEM, publication_at=planned)
        approve_offer(offer=offer, by=SYSTEM)

    offer.refresh_from_db()
    assert (offer.validation, offer.publication_at) == (OfferValidation.APPROVED, planned)
    assert set(OutboxMessage.objects.filter(kind="EMAIL").values_list("event", flat=True)) == {
        "offers/offer_approved", "offers/first_offer",
    }  # fmt: skip


def test_a_published_offer_is_checked_again_when_its_text_or_its_price_changes():
    rule(("TITLE", "CONTAINS", "permis"))
    rule(("PRICE", "OVER", "150"), name="Prix")
    shown = StockFactory(offer=OfferFactory(subcategory_id="VISITE", motor_accessible=True)).offer
    other = StockFactory(offer=OfferFactory(subcategory_id="VISITE")).offer
    good = StockFactory(undated=True, offer=OfferFactory(good=True)).offer
    details = stored_details(shown)

    same = update_offer(offer=shown, details=replace(details, is_duo=False), by=SYSTEM)
    assert same.validation == "APPROVED"
    held = update_offer(offer=shown, details=replace(details, title="Permis bateau"), by=SYSTEM)
    prices = other.price_categories.get()
    row = PriceRow(label="Plein", price_cents=200_00, pk=prices.pk)
    set_price_categories(offer=other, rows=[row], by=SYSTEM)
    set_good_stock(offer=good, price_cents=151_00, by=SYSTEM)

    assert (held.validation, held.is_active) == ("PENDING", False)
    assert held.transitions.get().why == "Contrôle après modification"
    other.refresh_from_db()
    good.refresh_from_db()
    assert (other.validation, good.validation) == ("PENDING", "PENDING")
    assert set(OfferFlag.objects.values_list("rule_name", flat=True)) == {"Formation", "Prix"}
    assert approve_offer(offer=held, by=SYSTEM).is_active


def test_the_preview_counts_what_a_rule_would_have_held():
    for validation in ("APPROVED", "REJECTED"):
        StockFactory(
            offer__title="Stage", offer__validation=validation,
            offer__is_active=validation == "APPROVED",
        )  # fmt: skip
    StockFactory(offer__title="Stage", offer__draft=True)
    StockFactory(offer__title="Stage", offer__updated_at=clock.now() - timedelta(days=91))
    StockFactory(offer__title="Visite")
    tried = rule(("TITLE", "CONTAINS", "stage"), is_on=False)

    found = moderation.preview(tried, now=clock.now())

    assert (found.looked_at, found.held, found.refused, len(found.sample)) == (3, 2, 1, 2)


def test_the_preview_costs_the_same_for_many_offers(django_assert_max_num_queries):
    tried = rule(("PRICE", "OVER", "1"), is_on=False)
    StockFactory.create_batch(12)

    with django_assert_max_num_queries(3):
        assert moderation.preview(tried, now=clock.now()).looked_at == 12


def test_a_rule_is_switched_with_a_row_of_history_and_needs_a_condition():
    with pytest.raises(RuleWithoutCondition):
        switch_rule(rule_id=rule(is_on=False, name="Vide").pk, is_on=True, by=SYSTEM)
    made = rule(("TITLE", "CONTAINS", "x"), is_on=False)

    switch_rule(rule_id=made.pk, is_on=True, by=SYSTEM, why="Vague de fraudes")
    switch_rule(rule_id=made.pk, is_on=True, by=SYSTEM)

    assert ActionLog.objects.get().why == "Vague de fraudes"


@pytest.mark.parametrize(
    ("condition", "mistake"),
    [
        (("PRICE", "CONTAINS", "10"), "choisissez parmi"),
        (("PRICE", "OVER", "beaucoup"), "montant en euros"),
        (("TITLE", "IN", "x"), "choisissez parmi"),
        (("TITLE", "CONTAINS", "!!"), "au moins un mot"),
        (("SUBCATEGORY", "IN", "VISITE, INCONNUE"), "Code inconnu : INCONNUE"),
        (("OFFERER", "IN", "12"), "neuf chiffres"),
        (("VENUE", "IN", ","), "au moins un code"),
    ],
)
def test_conditions_that_cannot_be_read_are_refused(condition, mistake):
    assert mistake in moderation.mistake_in(*condition)


@pytest.fixture
def conformity(client):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name="Conformité"))
    client.force_login(user)
    return user


def typed(name, *conditions):
    data = {
        "name": name,
        "conditions-TOTAL_FORMS": len(conditions),
        "conditions-INITIAL_FORMS": 0,
    }
    for number, (field, operator, value) in enumerate(conditions):
        data |= {
            f"conditions-{number}-field": field,
            f"conditions-{number}-operator": operator,
            f"conditions-{number}-value": value,
        }
    return data


def test_the_team_writes_tries_and_switches_a_rule(client, conformity):
    StockFactory(offer__title="Stage de voile")
    wrong = client.post(f"{RULES}add/", typed("Stages", ("PRICE", "OVER", "cher")))
    assert "montant en euros" in wrong.text
    client.post(f"{RULES}add/", typed("Stages", ("TITLE", "CONTAINS", "stage")))
    made = ModerationRule.objects.get()
    assert not made.is_on

    tried = client.get(f"{RULES}{made.pk}/essai/").text
    question = client.get(f"{RULES}{made.pk}/activer/").text
    client.post(f"{RULES}{made.pk}/activer/", {"reason": "Vague de stages"})

    assert "Stage de voile" in tried
    assert "elle en aurait retenu 1" in question
    made.refresh_from_db()
    assert made.is_on
    # In force, it is stopped before it is rewritten.
    page = client.get(f"{RULES}{made.pk}/change/").text
    assert 'name="name"' not in page
    assert "Vague de stages" in page
    assert client.post(f"{RULES}{made.pk}/change/", typed("Autre")).status_code == 403


def test_the_queue_and_the_page_say_why_an_offer_was_held(client, conformity):
    rule(("TITLE", "CONTAINS", "stage"))
    offer = draft(title="Stage de voile")
    publish_offer(offer=offer, by=SYSTEM)

    assert "Formation" in client.get("/admin/offers/offer/?file=a-traiter").text
    page = client.get(f"/admin/offers/offer/{offer.pk}/change/").text
    assert "Titre contient « stage »" in page


@pytest.mark.parametrize("group", ["Support pro", "Lecture seule"])
def test_without_the_right_rules_are_only_read(client, group):
    made = rule(("TITLE", "CONTAINS", "x"), is_on=False)
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)

    assert client.get(f"{RULES}{made.pk}/change/").status_code == 200
    for verb in ("essai", "activer", "arreter"):
        assert client.post(f"{RULES}{made.pk}/{verb}/", {"reason": "x"}).status_code == 403
    assert client.get(f"{RULES}add/").status_code == 403
