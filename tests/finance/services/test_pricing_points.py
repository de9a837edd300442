"""Which SIRET sets the rate: chosen once, corrected by the team, never left waiting (§3)."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from finance import inconsistencies
from finance.exceptions import DecisionNeedsReason, PricingPointRefused
from finance.models import FinanceEvent, Pricing, VenuePricingPointLink
from finance.services.bank_account import link_venues
from finance.services.price_events import collect_and_price
from finance.services.pricing_points import (
    change_pricing_point,
    choose_pricing_point,
    ensure_own_pricing_points,
)
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.errors import NotAllowed
from tests.finance.factories import BankAccountFactory, price_point, used_booking
from tests.finance.world import DAY, old_venue
from tests.venues.factories import MembershipFactory, OffererFactory

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=1)


@pytest.fixture
def places() -> Any:
    """A structure with two SIRET and one place without; its administrator."""
    offerer = OffererFactory(name="Théâtre")
    hall, studio = (old_venue(offerer=offerer, name=name) for name in ("Salle", "Studio"))
    barn = old_venue(offerer=offerer, name="Grange", siret=None, comment="Prêtée par la commune")
    owner = MembershipFactory(offerer=offerer).user
    return hall, studio, barn, Actor.user(owner)


def test_money_that_waited_is_priced_once_the_siret_is_chosen(places: Any) -> None:
    hall, _, barn, owner = places
    used_booking(venue=barn, used_at=DAY, cents=12_00)
    collect_and_price(now=LATER)
    assert FinanceEvent.objects.get().status == "PENDING"

    with clock.at(LATER):
        link = choose_pricing_point(venue_id=barn.pk, pricing_point_id=hall.pk, by=owner)
    event = FinanceEvent.objects.get()
    assert (event.status, event.pricing_point, event.ordering_at) == ("READY", hall, LATER)
    collect_and_price(now=LATER + timedelta(minutes=10))

    pricing = Pricing.objects.get()
    assert (pricing.amount_cents, pricing.pricing_point, pricing.venue) == (-12_00, hall, barn)
    assert (link.opened_by, link.started_at) == (owner.label, LATER)
    assert not inconsistencies.find("events_that_could_be_priced", now=LATER + timedelta(days=1))


def test_a_second_choice_is_refused_with_its_code(places: Any) -> None:
    hall, studio, barn, owner = places
    choose_pricing_point(venue_id=barn.pk, pricing_point_id=hall.pk, by=owner)

    with pytest.raises(PricingPointRefused) as refusal:
        choose_pricing_point(venue_id=barn.pk, pricing_point_id=studio.pk, by=owner)

    assert refusal.value.code == "CANNOT_LINK_VENUE_TO_PRICING_POINT"
    assert (refusal.value.http_status, refusal.value.field) == (400, "pricing_point")
    assert VenuePricingPointLink.objects.get(venue=barn).pricing_point == hall


def test_refusals_say_what_is_wrong(places: Any) -> None:
    hall, _, barn, owner = places
    stranger = old_venue(offerer=OffererFactory())
    other_barn = old_venue(offerer=barn.offerer, siret=None, comment="Sans SIRET")

    for venue, target, word in (
        (hall, hall.pk, "propre SIRET"),
        (barn, 0, "n’existe pas"),
        (barn, stranger.pk, "autre structure"),
        (barn, other_barn.pk, "qui a un SIRET"),
    ):
        with pytest.raises(PricingPointRefused, match=word):
            choose_pricing_point(venue_id=venue.pk, pricing_point_id=target, by=owner)
    assert not VenuePricingPointLink.objects.exists()


def test_only_the_administrator_chooses(places: Any) -> None:
    hall, _, barn, _ = places
    member = MembershipFactory(offerer=barn.offerer, role="MEMBER").user

    with pytest.raises(NotAllowed):
        choose_pricing_point(venue_id=barn.pk, pricing_point_id=hall.pk, by=Actor.user(member))


def test_the_team_corrects_with_a_reason_and_earlier_uses_keep_their_rate(places: Any) -> None:
    hall, studio, barn, owner = places
    with clock.at(DAY - timedelta(days=2)):
        choose_pricing_point(venue_id=barn.pk, pricing_point_id=hall.pk, by=owner)
    used_booking(venue=barn, used_at=DAY)
    with pytest.raises(DecisionNeedsReason):
        change_pricing_point(venue_id=barn.pk, pricing_point_id=studio.pk, by=SYSTEM, why=" ")

    with clock.at(LATER):
        for _ in range(2):  # twice: the second changes nothing
            change_pricing_point(
                venue_id=barn.pk, pricing_point_id=studio.pk, by=SYSTEM, why="Erreur de saisie"
            )
    used_booking(venue=barn, used_at=LATER + timedelta(hours=1))
    collect_and_price(now=LATER + timedelta(days=1))

    links = list(VenuePricingPointLink.objects.filter(venue=barn).order_by("started_at"))
    assert [link.pricing_point for link in links] == [hall, studio]
    assert links[0].ended_at == links[1].started_at == LATER
    assert links[1].why == "Erreur de saisie"
    points = Pricing.objects.order_by("value_at").values_list("pricing_point", flat=True)
    assert list(points) == [hall.pk, studio.pk]


def test_a_digital_venue_follows_the_only_siret_when_money_waits() -> None:
    offerer = OffererFactory()
    hall = old_venue(offerer=offerer)
    digital, quiet = old_venue(offerer=offerer, virtual=True), old_venue(virtual=True)
    old_venue(offerer=quiet.offerer)
    used_booking(venue=digital, used_at=DAY, cents=5_00, subcategory="LIVRE_NUMERIQUE")

    for hour in range(2):
        collect_and_price(now=LATER + timedelta(hours=hour))

    link = VenuePricingPointLink.objects.get(venue=digital)
    assert (link.pricing_point, link.why) == (hall, "Seul lieu de la structure avec un SIRET")
    assert Pricing.objects.get().amount_cents == -5_00
    assert not VenuePricingPointLink.objects.filter(venue=quiet).exists()


def test_with_two_sirets_a_digital_venue_waits_for_the_choice() -> None:
    offerer = OffererFactory()
    hall, _ = old_venue(offerer=offerer), old_venue(offerer=offerer)
    digital = old_venue(offerer=offerer, virtual=True)
    owner = MembershipFactory(offerer=offerer).user
    used_booking(venue=digital, used_at=DAY, subcategory="LIVRE_NUMERIQUE")

    collect_and_price(now=LATER)
    assert FinanceEvent.objects.get().status == "PENDING"

    choose_pricing_point(venue_id=digital.pk, pricing_point_id=hall.pk, by=Actor.user(owner))
    assert FinanceEvent.objects.get().status == "READY"


def test_linking_a_digital_venue_to_an_account_gives_it_the_only_siret() -> None:
    offerer = OffererFactory()
    hall = old_venue(offerer=offerer)
    digital = old_venue(offerer=offerer, virtual=True)
    account = BankAccountFactory(offerer=offerer)

    changed = link_venues(
        offerer_id=offerer.pk, bank_account_id=account.pk, venue_ids={digital.pk}, by=SYSTEM
    )

    assert changed["linked"] == [digital.pk]
    assert VenuePricingPointLink.objects.get(venue=digital).pricing_point == hall


def test_a_venue_that_gets_its_siret_becomes_its_own_pricing_point(places: Any) -> None:
    hall, _, barn, owner = places
    with clock.at(DAY):
        choose_pricing_point(venue_id=barn.pk, pricing_point_id=hall.pk, by=owner)
    barn.siret, barn.comment = f"{barn.offerer.siren}00099", ""
    barn.save()

    with clock.at(LATER):
        ensure_own_pricing_points()
        ensure_own_pricing_points()

    links = list(VenuePricingPointLink.objects.filter(venue=barn).order_by("started_at"))
    assert [(one.pricing_point, one.ended_at) for one in links] == [(hall, LATER), (barn, None)]
    assert links[1].started_at == LATER


@pytest.mark.django_db(transaction=True)
def test_two_choices_at_once_leave_one(places: Any) -> None:
    hall, studio, barn, owner = places
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def choose(target: Any) -> None:
        try:
            start.wait()
            choose_pricing_point(venue_id=barn.pk, pricing_point_id=target.pk, by=owner)
            outcomes.append("chosen")
        except PricingPointRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=choose, args=[target]) for target in (hall, studio)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["chosen", "refused"]
    assert VenuePricingPointLink.objects.open().filter(venue=barn).count() == 1


def test_the_control_names_uses_forgotten_and_events_never_priced() -> None:
    venue = old_venue()
    price_point(venue)
    forgotten = used_booking(venue=venue, used_at=DAY)
    now = DAY + timedelta(minutes=30)
    assert inconsistencies.find("used_bookings_without_event", now=now) == []
    assert inconsistencies.find("used_bookings_without_event", now=LATER) == [forgotten.pk]

    collect_and_price(now=LATER)
    assert inconsistencies.find("used_bookings_without_event", now=LATER) == []
    Pricing.objects.all().update(status="CANCELLED")
    event = FinanceEvent.objects.get()
    assert inconsistencies.find("priced_events_without_pricing", now=LATER) == [event.pk]
    FinanceEvent.objects.update(status="READY")
    much_later = LATER + timedelta(hours=2)
    assert inconsistencies.find("events_that_could_be_priced", now=much_later) == [event.pk]
    FinanceEvent.objects.update(status="PENDING", pricing_point=None, ordering_at=None)
    assert inconsistencies.find("events_that_could_be_priced", now=much_later) == [event.pk]
