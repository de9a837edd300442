"""A SIRET moves, or leaves: money follows it, or waits for another (VEN-25, §3)."""

from datetime import timedelta
from typing import Any

import pytest

from finance.exceptions import DecisionNeedsReason, SiretStays
from finance.models import FinanceEvent, Pricing, VenuePricingPointLink
from finance.services import sirets
from finance.services.price_events import collect_and_price
from finance.services.sirets import move_siret, remove_siret, revenue_of_year
from passpro.kernel import action_log, clock
from passpro.kernel.actor import SYSTEM
from tests.finance.factories import make_invoice, price_point, used_booking
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
