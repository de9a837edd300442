"""A cinema's software gives all its screenings; what is missing is called off (API-190 to 194)."""

from datetime import timedelta

import pytest

from bookings.models import Booking
from offers.models import Film, Offer, PartnerUpload
from offers.services.partner_uploads import run_uploads
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.partner_api.client import software_of
from venues.models import CinemaPivot, KnownAddress

pytestmark = pytest.mark.django_db

SESSIONS = "/public/offers/v1/events/cinema_sessions"


def session(key, hours, **more):
    return {
        "idAtProvider": key,
        "beginningDatetime": (clock.now() + timedelta(hours=hours)).isoformat(),
        "priceCategoryIdAtProvider": "plein",
        "quantity": 50,
        "features": ["VF"],
        **more,
    }


def film(*sessions, film_id="visa:123456", **more):
    prices = [
        {"idAtProvider": "plein", "label": "Plein tarif", "price": 900},
        {"idAtProvider": "reduit", "label": "Tarif réduit", "price": 600},
    ]
    return {"filmId": film_id, "priceCategories": prices, "stocks": list(sessions), **more}


def test_the_list_replaces_all_coming_sessions(cast):
    software, provider = software_of(cast.venue)
    Film.objects.create(visa="123456", allocine_id=42, title="Les Embruns", duration_minutes=95)
    CinemaPivot.objects.create(venue=cast.venue, provider=provider, identifier="W7517")
    place = KnownAddress.objects.create(
        street="1 Quai du Port", postal_code="29200", city="Brest", latitude=48.38, longitude=-4.49
    )
    body = {
        "venueId": cast.venue.pk,
        "offers": [
            film(session("a", 72), session("b", 96, features=["3D", "VO"]), session("c", 120)),
            film(session("a", 72), address={"id": place.pk, "label": "Plein air"}),
            film(session("z", 72), film_id="visa:999"),
        ],
    }

    software.put(SESSIONS, body, status=204)
    assert not Offer.objects.filter(provider=provider).exists()
    run_uploads(now=clock.now())

    told = PartnerUpload.objects.get()
    assert told.state == "DONE"
    assert told.report == {
        "added": 4, "changed": 0, "deleted": 0, "unknownFilms": ["visa:999"], "problems": {},
    }  # fmt: skip
    here, there = Offer.objects.filter(provider=provider).order_by("pk")
    assert here.extra_data["theater"] == {"allocine_movie_id": 42, "allocine_room_id": "W7517"}
    assert (here.title, here.validation, here.duration_minutes) == ("Les Embruns", "APPROVED", 95)
    assert there.known_address == place
    sessions = {one.provider_key: one for one in here.stocks.live()}
    assert sessions["b"].features == ["3D", "VO"]
    assert sessions["a"].booking_limit_at == sessions["a"].beginning_at

    # The same list again changes nothing; then « b » moves, « c » is called off, « d » is new.
    lost = BookingFactory(stock=sessions["c"], deposit=cast.deposit, amount_cents=900)
    again = film(
        {**body["offers"][0]["stocks"][0]},
        session("b", 99, features=["VO"], priceCategoryIdAtProvider="reduit"),
        session("d", 130),
    )
    for offers in ([body["offers"][1]], [again]):
        software.put(SESSIONS, {"venueId": cast.venue.pk, "offers": offers}, status=204)
    run_uploads(now=clock.now())

    reports = [one.report for one in PartnerUpload.objects.order_by("pk")[1:]]
    counts = [[one[name] for name in ("added", "changed", "deleted")] for one in reports]
    assert counts == [[0, 0, 0], [1, 1, 1]]
    found = {one.provider_key: one for one in here.stocks.live()}
    assert sorted(found) == ["a", "b", "d"]
    assert (found["b"].price_cents, found["b"].features) == (600, ["VO"])
    assert found["a"].pk == sessions["a"].pk
    assert Booking.objects.get(pk=lost.pk).status == "CANCELLED"


def test_wrong_lists_are_told_and_nothing_is_kept(cast):
    software, _ = software_of(cast.venue)

    def told(*offers, status=400, venue=cast.venue):
        return software.put(SESSIONS, {"venueId": venue.pk, "offers": list(offers)}, status=status)

    twice = film(session("a", 72), session("a", 96))
    twice["priceCategories"][1]["idAtProvider"] = "plein"
    assert set(told(twice)) == {"offers.0.stocks", "offers.0.priceCategories"}
    both = film(session("a", 72, features=["VF", "VO"]), session("b", 72, features=["3D"]))
    assert set(told(both)) == {"offers.0.stocks.0.features", "offers.0.stocks.1.features"}
    unknown = film(session("a", 72, priceCategoryIdAtProvider="x"))
    assert set(told(unknown)) == {"offers.0.stocks.0.priceCategoryIdAtProvider"}
    assert set(told(film(session("a", 72), film_id="isan:1"))) == {"offers.0.filmId"}
    assert set(told(film(session("a", -1)))) == {"offers.0.stocks.0.beginningDatetime"}
    assert set(told(film(session("a", 72)), film(session("a", 72)))) == {"offers"}
    good = film(session("a", 72))
    assert told(good, status=404, venue=cast.other_venue) == {"global": "Venue cannot be found"}
    assert set(told({**good, "address": {"id": 0}}, status=404)) == {"global"}
    assert not PartnerUpload.objects.exists()
