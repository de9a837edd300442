"""A SIRET moves, or leaves: money follows it, or waits for another (VEN-25, §3)."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from finance.exceptions import DecisionNeedsReason, MoneyRunBusy, SiretStays
from finance.models import CustomRule, FinanceEvent, Pricing, VenuePricingPointLink
from finance.services import sirets
from finance.services.custom_rules import RuleTerms, create_rule
from finance.services.locks import money_run
from finance.services.price_events import collect_and_price
from finance.services.pricing_points import change_pricing_point
from finance.services.sirets import (
    move_siret,
    plan_siret_move,
    remove_pricing_point,
    remove_siret,
    revenue_of_year,
)
from passpro.kernel import action_log, clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import ActionLog
from tests.finance.factories import LONG_AGO, make_invoice, price_point, used_booking
from tests.finance.services.test_killed import KillAt, Killed
from tests.finance.world import DAY, NOW, old_venue
from tests.venues.factories import OffererFactory
from venues.models import Venue

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=1)


@pytest.fixture
def places() -> Any:
    """Two SIRET, and a barn priced at the first; a booking used at each of hall and barn."""
    offerer = OffererFactory(name="Théâtre")
    hall, studio = (old_venue(offerer=offerer, name=name) for name in ("Salle", "Studio"))
    barn = old_venue(offerer=offerer, name="Grange", siret=None, comment="Prêtée")
    price_point(barn, hall)
    for venue, cents in ((hall, 10_00), (barn, 4_00)):
        used_booking(venue=venue, used_at=DAY, cents=cents)
    collect_and_price(now=LATER)
    return hall, studio, barn


def said(venue: Any, **facts: Any) -> dict[str, Any]:
    return {
        "siret": venue.siret,
        "comment": "Fermée",
        "reason": "Déménagement",
        "by": SYSTEM,
    } | facts


def test_money_and_links_follow_a_siret_that_moves(places: Any) -> None:
    hall, _, barn = places
    number = hall.siret

    with clock.at(LATER):
        plan = plan_siret_move(source_id=hall.pk, target_id=barn.pk, **said(hall))
        assert (plan.pricings, plan.venues, plan.target_cents) == (2, 2, 4_00)
        assert Venue.objects.get(pk=hall.pk).siret == number
        assert set(Pricing.objects.values_list("pricing_point", flat=True)) == {hall.pk}
        assert not ActionLog.objects.filter(subject_type="venues.venue").exists()
        move_siret(source_id=hall.pk, target_id=barn.pk, **said(hall))

    hall, barn = Venue.objects.get(pk=hall.pk), Venue.objects.get(pk=barn.pk)
    assert (hall.siret, hall.comment, barn.siret, barn.comment) == (None, "Fermée", number, "")
    assert set(Pricing.objects.values_list("pricing_point", flat=True)) == {barn.pk}
    assert set(FinanceEvent.objects.values_list("pricing_point", flat=True)) == {barn.pk}
    open_links = VenuePricingPointLink.objects.open().filter(venue__in=[hall, barn])
    assert dict(open_links.values_list("venue", "pricing_point")) == {
        hall.pk: barn.pk, barn.pk: barn.pk,
    }  # fmt: skip
    assert all(action_log.lines_of(venue)[0].why == "Déménagement" for venue in (hall, barn))
    used_booking(venue=hall, used_at=LATER, cents=2_00)
    collect_and_price(now=LATER + timedelta(hours=1))
    assert Pricing.objects.latest("pk").revenue_cents == 16_00


def test_a_target_leaves_the_siret_that_it_had_chosen(places: Any) -> None:
    _, studio, barn = places

    with clock.at(LATER):
        move_siret(source_id=studio.pk, target_id=barn.pk, **said(studio))

    open_links = VenuePricingPointLink.objects.open().filter(venue__in=[studio, barn])
    assert set(open_links.values_list("pricing_point", flat=True)) == {barn.pk}


def test_money_waits_without_siret_and_is_priced_at_the_replacement(places: Any) -> None:
    hall, studio, barn = places

    with clock.at(LATER):
        remove_siret(venue_id=hall.pk, replacement_id=studio.pk, **said(hall))
    after = LATER + timedelta(hours=1)
    collect_and_price(now=after)

    states = dict(FinanceEvent.objects.values_list("venue", "status"))
    assert states == {hall.pk: "PRICED", barn.pk: "PENDING"}
    pricing = Pricing.objects.get()
    assert (pricing.venue, pricing.pricing_point, pricing.revenue_cents) == (hall, studio, 10_00)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"siret": "12345678901234"}, SiretStays),
        ({"comment": " "}, DecisionNeedsReason),
        ({"reason": " "}, DecisionNeedsReason),
    ],
)
def test_nothing_changes_when_something_is_not_said(
    places: Any, change: dict[str, str], error: Any
) -> None:
    hall, _, barn = places
    for run in (
        lambda: move_siret(source_id=hall.pk, target_id=barn.pk, **said(hall, **change)),
        lambda: remove_siret(venue_id=hall.pk, **said(hall, **change)),
    ):
        with pytest.raises(error):
            run()
    assert Venue.objects.get(pk=hall.pk).siret == hall.siret
    assert Pricing.objects.filter(pricing_point=hall).count() == 2


def test_a_venue_that_earns_much_needs_the_accountants(
    places: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, studio, barn = places
    monkeypatch.setattr(sirets, "MOST_REVENUE_CENTS", 4_00)
    with clock.at(LATER):
        assert revenue_of_year(barn) == 4_00
        with pytest.raises(SiretStays, match="accord de la comptabilité"):
            move_siret(source_id=hall.pk, target_id=barn.pk, **said(hall))
        with pytest.raises(SiretStays):
            move_siret(source_id=hall.pk, target_id=studio.pk, **said(hall, despite_revenue=True))
        with pytest.raises(SiretStays):
            remove_siret(
                venue_id=hall.pk, replacement_id=barn.pk, **said(hall, despite_revenue=True)
            )
        move_siret(source_id=hall.pk, target_id=barn.pk, **said(hall, despite_revenue=True))


def test_what_was_paid_keeps_its_siret_when_it_leaves() -> None:
    hall = old_venue()
    make_invoice(hall, now=NOW)

    with clock.at(NOW):
        remove_siret(venue_id=hall.pk, **said(hall))

    assert Pricing.objects.get().pricing_point == hall
    assert FinanceEvent.objects.get().status == "PRICED"


def test_custom_rules_follow_the_siret_and_go_on_counting(places: Any) -> None:
    hall, _, barn = places
    with clock.at(LONG_AGO):
        rule = create_rule(
            terms=RuleTerms(rate=Decimal("0.5"), first_day=date(2026, 5, 1), venue_id=hall.pk),
            by=SYSTEM,
        )

    with clock.at(LATER):
        move_siret(source_id=hall.pk, target_id=barn.pk, **said(hall))
    used_booking(venue=hall, used_at=LATER, cents=2_00)
    collect_and_price(now=LATER + timedelta(hours=1))

    rule.refresh_from_db()
    assert rule.venue == barn
    last = Pricing.objects.latest("pk")
    assert (last.custom_rule, last.amount_cents, last.revenue_cents) == (rule, -1_00, 16_00)

    # A venue that once had a SIRET kept a rule: the one that comes may not meet it.
    with clock.at(LATER):
        CustomRule.objects.create(venue=hall, rate=Decimal("0.8"), started_at=LONG_AGO)
        with pytest.raises(SiretStays, match="tarif dérogatoire"):
            move_siret(source_id=barn.pk, target_id=hall.pk, **said(Venue.objects.get(pk=barn.pk)))
        CustomRule.objects.filter(venue=hall).update(ended_at=DAY - timedelta(days=30))
        move_siret(source_id=barn.pk, target_id=hall.pk, **said(Venue.objects.get(pk=barn.pk)))
    rule.refresh_from_db()
    assert rule.venue == hall


def test_a_pricing_point_taken_back_lets_the_venue_choose_again(
    places: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, studio, barn = places
    used_booking(venue=hall, used_at=DAY + timedelta(hours=1), cents=3_00)
    collect_and_price(now=LATER)
    facts = {"venue_id": barn.pk, "reason": "Erreur de choix", "by": SYSTEM}

    with clock.at(LATER):
        for wrong, error in (
            ({"venue_id": hall.pk}, SiretStays),
            ({"reason": " "}, DecisionNeedsReason),
        ):
            with pytest.raises(error):
                remove_pricing_point(**facts | wrong)
        monkeypatch.setattr(sirets, "MOST_REVENUE_CENTS", 4_00)
        with pytest.raises(SiretStays, match="accord de la comptabilité"):
            remove_pricing_point(**facts)
        Pricing.objects.filter(venue=barn).update(status="PROCESSED")
        with pytest.raises(SiretStays, match="dans un lot"):
            remove_pricing_point(**facts, despite_revenue=True)
        Pricing.objects.filter(venue=barn).update(status="VALIDATED")
        remove_pricing_point(**facts, despite_revenue=True)
        with pytest.raises(SiretStays, match="pas choisi"):
            remove_pricing_point(**facts, despite_revenue=True)
    collect_and_price(now=LATER + timedelta(hours=1))

    # What the hall earned after the barn counts without it.
    assert FinanceEvent.objects.get(venue=barn).status == "PENDING"
    assert sorted(Pricing.objects.values_list("venue", "revenue_cents")) == [
        (hall.pk, 10_00), (hall.pk, 13_00),
    ]  # fmt: skip
    assert action_log.lines_of(barn)[0].why == "Erreur de choix"

    # The days of the link taken back count where the venue points now.
    with clock.at(LATER + timedelta(hours=2)):
        change_pricing_point(venue_id=barn.pk, pricing_point_id=studio.pk, by=SYSTEM, why="Le bon")
    collect_and_price(now=LATER + timedelta(hours=3))
    priced = Pricing.objects.get(venue=barn)
    assert (priced.pricing_point, priced.revenue_cents) == (studio, 4_00)


def _picture() -> list[Any]:
    return [
        sorted(Venue.objects.values_list("pk", "siret", "comment")),
        sorted(FinanceEvent.objects.values_list("pk", "status", "pricing_point"), key=str),
        sorted(Pricing.objects.values_list("venue", "pricing_point", "revenue_cents"), key=str),
        VenuePricingPointLink.objects.open().count(),
        ActionLog.objects.count(),
    ]


def test_killed_before_any_write_nothing_changed_and_the_same_call_does_it(places: Any) -> None:
    """Run a second time, each refuses: nothing is done twice."""
    hall, studio, barn = places
    calls: list[Callable[[], Any]] = [
        lambda: move_siret(source_id=hall.pk, target_id=barn.pk, **said(hall)),
        lambda: remove_siret(venue_id=hall.pk, replacement_id=studio.pk, **said(hall)),
        lambda: remove_pricing_point(venue_id=barn.pk, reason="Erreur", by=SYSTEM),
    ]
    before = _picture()
    for call in calls:
        counter = KillAt(0)
        with clock.at(LATER), transaction.atomic():
            with connection.execute_wrapper(counter):
                call()
            done = _picture()
            with pytest.raises(SiretStays):
                call()
            assert _picture() == done
            transaction.set_rollback(True)
        assert counter.count > 5
        for number in range(1, counter.count + 1):
            with clock.at(LATER), transaction.atomic():
                with pytest.raises(Killed), connection.execute_wrapper(KillAt(number)):
                    call()
                assert _picture() == before
                transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_and_a_pricing_run_leave_one_siret() -> None:
    hall = old_venue(name="Salle")
    barns = [
        old_venue(offerer=hall.offerer, name=name, siret=None, comment="Prêtée")
        for name in ("Grange", "Cave")
    ]
    with money_run():
        outcomes = _together(hall, barns)
    assert outcomes == [MoneyRunBusy, MoneyRunBusy]

    outcomes = _together(hall, barns)

    assert outcomes.count(None) == 1
    assert set(outcomes) <= {None, SiretStays, MoneyRunBusy}
    holders = Venue.objects.filter(siret__isnull=False)
    assert [one.siret for one in holders] == [hall.siret]
    assert holders.get() in barns
    open_links = VenuePricingPointLink.objects.open().values_list("pricing_point", flat=True)
    assert set(open_links) == {holders.get().pk}


def _together(hall: Any, targets: list[Any]) -> list[type[Exception] | None]:
    start, outcomes = threading.Barrier(len(targets)), []

    def move(target: Any) -> None:
        try:
            start.wait(5)
            with clock.at(LATER):
                move_siret(source_id=hall.pk, target_id=target.pk, **said(hall))
            outcomes.append(None)
        except (SiretStays, MoneyRunBusy) as error:
            outcomes.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=[target]) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
