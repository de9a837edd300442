"""The page of dates: count, add, find, choose (STK-30 to STK-42)."""

from datetime import timedelta

import pytest

from offers.models import DateSeries, ModerationCondition, ModerationRule
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory


@pytest.fixture
def alice(cast, client):
    client.force_login(cast.alice)
    return client


@pytest.fixture
def tariff(cast):
    return PriceCategoryFactory(offer=OfferFactory(venue=cast.venue, draft=True))


def daily(tariff, **typed):
    first = clock.today() + timedelta(days=30)
    return {
        "rhythm": "daily",
        "date": f"{first:%Y-%m-%d}",
        "last": f"{first + timedelta(days=9):%Y-%m-%d}",
        "hours": "2",
        "hour_1": "14:30",
        "hour_2": "20:30",
        f"places_{tariff.pk}": "40",
    } | typed


def test_a_repeated_event_is_counted_before_its_dates_are_added(alice, tariff):
    page = f"/offre/{tariff.offer_id}/dates"
    shown = alice.post(page, daily(tariff))
    live = alice.post(page, daily(tariff), headers={"HX-Request": "true"})
    stale = alice.post(page, daily(tariff, expected="12"))
    assert (shown.status_code, stale.status_code) == (200, 200)
    assert all("20 dates à ajouter" in answer.text for answer in (shown, live, stale))
    assert "<form" not in live.text
    assert not tariff.offer.stocks.exists()

    added = alice.post(page, daily(tariff, expected="20"), follow=True)

    assert tariff.offer.stocks.count() == 20
    assert "20 dates sont ajoutées" in added.text
    again = alice.post(page, daily(tariff, expected="0"))
    assert "Ces dates existent déjà" in again.text or "elles existent déjà" in again.text


def test_dates_with_a_price_above_the_rules_hold_the_offer_and_say_so(alice, tariff):
    """MOD-05: the dates written in number go through the same control as one date."""
    offer = tariff.offer
    StockFactory(offer=offer, price_category=tariff)
    dear = PriceCategoryFactory(offer=offer, label="Gala", price_cents=250_00)
    OfferFactory._meta.model.objects.filter(pk=offer.pk).update(
        validation="APPROVED",
        is_active=True,
        validated_at=clock.now(),
        publication_at=clock.now(),
    )
    made = ModerationRule.objects.create(name="Prix élevés", is_on=True)
    ModerationCondition.objects.create(rule=made, field="PRICE", operator="OVER", value="100")
    typed = daily(tariff, expected="20") | {f"places_{dear.pk}": "5", f"tariff_{dear.pk}": "on"}

    page = alice.post(f"/offre/{offer.pk}/dates", typed, follow=True)

    offer.refresh_from_db()
    assert (offer.validation, offer.is_active) == ("PENDING", False)
    assert "passe en instruction" in page.text
    assert page.redirect_chain[-1][0] == f"/offre/{offer.pk}"


def test_hours_come_and_go_without_losing_what_was_typed(alice, tariff):
    page = f"/offre/{tariff.offer_id}/dates"

    more = alice.post(page, daily(tariff, add_hour="1"))
    fewer = alice.post(page, daily(tariff, remove_hour="1"))

    assert 'name="hour_3"' in more.text
    assert 'value="14:30"' in more.text
    assert 'name="hour_2"' not in fewer.text
    assert 'value="20:30"' in fewer.text
    assert 'value="40"' in fewer.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"last": ""}, "La fin doit suivre"),
        ({"rhythm": "weekly"}, "au moins un jour de la semaine"),
        ({"hour_2": "14:30"}, "identiques"),
        ({"date": "0001-01-01"}, "année"),
        ({"last": "2190-01-01"}, "au plus"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_kept(alice, tariff, typed, words):
    answer = alice.post(f"/offre/{tariff.offer_id}/dates", daily(tariff, **typed))

    assert answer.status_code == 400
    assert words in answer.text
    assert 'value="40"' in answer.text


def test_dates_are_found_sorted_and_chosen(alice, cast):
    first = StockFactory(offer__venue=cast.venue, quantity=10)
    offer, tariff = first.offer, first.price_category
    cheap = PriceCategoryFactory(offer=offer, label="Réduit", price_cents=5_00)
    for hours in (1, 24):
        StockFactory(
            offer=offer,
            price_category=cheap,
            price_cents=5_00,
            quantity=hours,
            beginning_at=first.beginning_at + timedelta(hours=hours),
        )
    booking = BookingFactory(stock=first)
    page = f"/offre/{offer.pk}/dates"
    local = first.beginning_at.astimezone(clock.PARIS)

    def found(query):
        return [stock.quantity for stock in alice.get(f"{page}?{query}").context["page"]]

    assert found("") == [10, 1, 24]
    assert found("sort=-places") == [24, 10, 1]
    assert found("sort=-date") == [24, 1, 10]
    assert found(f"tarif={cheap.pk}&sort=tarif") == [1, 24]
    assert found(f"heure={local:%H:%M}") == [10, 24]
    assert found(f"jour={local:%Y-%m-%d}&heure={local:%H:%M}") == [10]
    assert found("jour=9999-12-31&heure=x&tarif=x&sort=x") == [10, 1, 24]

    ask = alice.get(f"{page}/suppression?toutes=1&tarif={tariff.pk}")
    assert "1 réservation" in ask.text
    assert f'value="{first.pk}"' in ask.text
    nothing = alice.get(f"{page}/suppression?date=x", follow=True)
    assert "Cochez au moins une date" in nothing.text
    done = alice.post(f"{page}/suppression", {"dates": str(first.pk)}, follow=True)
    assert "1 date supprimée" in done.text
    assert "1 réservation annulée" in done.text
    booking.refresh_from_db()
    assert booking.status == "CANCELLED"


def test_a_count_is_a_count_whichever_button_has_the_focus(alice, tariff):
    # htmx sends the name of the button that Tab has reached with what changed.
    typed = daily(tariff, add_hour="1")

    part = alice.post(f"/offre/{tariff.offer_id}/dates", typed, headers={"HX-Request": "true"}).text

    assert "dates à ajouter" in part
    assert "<form" not in part


def test_the_progress_of_a_long_series_is_followed(alice, tariff):
    offer = tariff.offer
    task = DateSeries.objects.create(offer=offer, rule={}, total=2000, done=500, created=500)

    assert "500 sur 2000" in alice.get(f"/offre/{offer.pk}/dates").text
    part = alice.get(f"/offre/{offer.pk}/dates/serie", headers={"HX-Request": "true"})
    assert "500 sur 2000" in part.text
    DateSeries.objects.filter(pk=task.pk).update(state="DONE", done=2000, created=2000)
    ended = alice.get(f"/offre/{offer.pk}/dates/serie", headers={"HX-Request": "true"})
    assert ended["HX-Refresh"] == "true"
