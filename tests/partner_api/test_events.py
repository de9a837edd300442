"""Events of a partner: from the creation to a date that moves (API-160 to API-185)."""

import base64
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from bookings.models import Booking
from offers.models import ModerationCondition, ModerationRule, Offer, Stock
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory
from tests.partner_api.client import Software, software_of
from tests.venues.factories import ProviderKeyFactory, VenueProviderFactory

pytestmark = pytest.mark.django_db

EVENTS = "/public/offers/v1/events"
EVENT = "/public/offers/v1/events/{event_id}"
PRICES = "/public/offers/v1/events/{event_id}/price_categories"
PRICE = "/public/offers/v1/events/{event_id}/price_categories/{price_category_id}"
DATES = "/public/offers/v1/events/{event_id}/dates"
DATE = "/public/offers/v1/events/{event_id}/dates/{stock_id}"


def concert(venue, **more):
    return {
        "accessibility": {
            "audioDisabilityCompliant": True,
            "mentalDisabilityCompliant": False,
            "motorDisabilityCompliant": True,
            "visualDisabilityCompliant": False,
        },
        "categoryRelatedFields": {"category": "CONCERT", "musicType": "ROCK", "author": "Nolwenn"},
        "location": {"type": "physical", "venueId": venue.pk},
        "name": "Le Chant des sirènes",
        "hasTicket": False,
        "bookingContact": "billetterie@embruns.example",
        **more,
    }


def in_days(days, **more):
    return (clock.now() + timedelta(days=days, **more)).replace(microsecond=0).isoformat()


def picture(width=400, height=600, kind="PNG"):
    file = BytesIO()
    Image.new("RGB", (width, height), "#320096").save(file, kind)
    return file.getvalue()


def test_an_event_is_created_priced_dated_changed_and_emptied(cast):
    software, provider = software_of(cast.venue)
    event = software.post(
        EVENTS,
        concert(
            cast.venue,
            idAtProvider="E-1",
            description="Un soir de grand vent.",
            eventDuration=90,
            priceCategories=[{"label": "Plein", "price": 2000, "idAtProvider": "P-1"}],
            image={"file": base64.b64encode(picture(kind="WEBP")).decode(), "credit": "Atelier"},
        ),
    )

    assert event["status"] == "SOLD_OUT"
    assert event["enableDoubleBookings"] is True
    assert event["categoryRelatedFields"] == {
        "category": "CONCERT", "author": "Nolwenn", "musicType": "ROCK", "performer": None,
    }  # fmt: skip
    assert event["image"]["credit"] == "Atelier"
    [full] = event["priceCategories"]
    event_id = event["id"]
    offer = Offer.objects.get(pk=event_id)
    assert (offer.provider, offer.provider_key, offer.is_active) == (provider, "E-1", True)
    assert "sirenes" in offer.search_text

    [reduced] = software.post(
        PRICES, {"priceCategories": [{"label": "Réduit", "price": 1200}]}, event_id=event_id
    )["priceCategories"]
    row = {
        "beginningDatetime": in_days(20),
        "bookingLimitDatetime": in_days(19),
        "quantity": 10,
    }
    dates = software.post(
        DATES,
        {
            "dates": [
                {**row, "priceCategoryId": full["id"], "idAtProvider": "D-1"},
                {**row, "price_category_id": reduced["id"], "quantity": "unlimited"},
            ]
        },
        event_id=event_id,
    )["dates"]
    assert [one["quantity"] for one in dates] == [10, "unlimited"]
    assert software.get(EVENT, event_id=event_id)["status"] == "ACTIVE"
    assert software.get(DATES, event_id=event_id, query={"idsAtProvider": "D-1,none"}) == {
        "dates": dates[:1]
    }
    assert software.get(DATES, event_id=event_id, query={"firstIndex": dates[1]["id"]}) == {
        "dates": dates[1:]
    }

    first = Stock.objects.get(pk=dates[0]["id"])
    booking = BookingFactory(stock=first, deposit=cast.deposit)
    changed = software.patch(
        DATE, {"quantity": 3, "idAtProvider": None}, event_id=event_id, stock_id=first.pk
    )
    assert (changed["quantity"], changed["bookedQuantity"]) == (4, 1)
    assert changed["idAtProvider"] is None
    new_price = software.patch(
        PRICE, {"price": 2500}, event_id=event_id, price_category_id=full["id"]
    )
    assert (new_price["price"], new_price["label"], new_price["idAtProvider"]) == (
        2500, "Plein", "P-1",
    )  # fmt: skip
    first.refresh_from_db()
    assert first.price_cents == 2500
    limit = Booking.objects.get(pk=booking.pk).cancellation_limit_at
    same = {"beginningDatetime": first.beginning_at.isoformat()}
    software.patch(DATE, same, event_id=event_id, stock_id=first.pk)
    assert Booking.objects.get(pk=booking.pk).cancellation_limit_at == limit
    moved = software.patch(
        DATE, {"beginningDatetime": in_days(30)}, event_id=event_id, stock_id=first.pk
    )
    assert moved["beginningDatetime"] > dates[0]["beginningDatetime"]
    assert Booking.objects.get(pk=booking.pk).cancellation_limit_at > limit

    software.delete(DATE, event_id=event_id, stock_id=first.pk, status=204)
    assert Booking.objects.get(pk=booking.pk).status == "CANCELLED"
    assert software.delete(DATE, event_id=event_id, stock_id=first.pk, status=404) == {
        "stock_id": ["No stock could be found"]
    }

    hidden = software.patch(
        EVENT,
        {
            "name": "Le Chant des marins",
            "isActive": False,
            "accessibility": {"audioDisabilityCompliant": False},
            "idAtProvider": None,
            "description": None,
        },
        event_id=event_id,
    )
    assert (hidden["status"], hidden["publicationDatetime"]) == ("INACTIVE", None)
    assert (hidden["name"], hidden["description"]) == ("Le Chant des marins", None)
    assert hidden["accessibility"]["audioDisabilityCompliant"] is False
    assert hidden["accessibility"]["motorDisabilityCompliant"] is True
    shown = software.patch(
        EVENT,
        {"publicationDatetime": "now", "bookingAllowedDatetime": in_days(2)},
        event_id=event_id,
    )
    assert shown["status"] == "ACTIVE"
    offer.refresh_from_db()
    assert offer.is_released(clock.now())
    assert not offer.is_open_to_booking(clock.now())


def test_what_is_wrong_in_a_creation_is_told_under_each_key_and_nothing_is_written(cast):
    software, _ = software_of(cast.venue)
    count = Offer.objects.count()
    OfferFactory(venue=cast.venue, provider=VenueProviderFactory().provider, provider_key="E-1")

    def refused(status=400, **more):
        return software.post(EVENTS, concert(cast.venue, **more), status=status)

    assert set(refused(name="x" * 91, hasTicket="yes", extra=1)) == {"name", "hasTicket", "extra"}
    assert set(refused(categoryRelatedFields={"category": "LIVRE"})) == {"categoryRelatedFields"}
    assert set(refused(categoryRelatedFields={"category": "CONCERT"})) == {
        "categoryRelatedFields.CONCERT_create.musicType"
    }
    assert set(refused(location={"type": "moon"})) == {"location"}
    assert set(refused(publicationDatetime="2030-01-01T00:00:00")) == {"publicationDatetime"}
    assert refused(404, location={"type": "physical", "venueId": cast.other_venue.pk}) == {
        "global": "Venue cannot be found"
    }
    assert "ticketing service" in refused(hasTicket=True)["global"]
    assert set(refused(idAtProvider="E-1")) == {"idAtProvider"}
    assert refused(bookingContact=None) == {
        "offer": [
            "Une offre qui a un ticket retirable doit avoir l'email du contact de réservation"
        ]
    }
    twice = [{"label": "Plein", "price": 1}, {"label": "Plein", "price": 1}]
    assert refused(priceCategories=twice) == {
        "priceCategories": ["Price categories must be unique"]
    }
    digital = {"type": "digital", "venueId": cast.venue.pk, "url": "https://x.example"}
    assert refused(location=digital)["url"][0].endswith("ne peut pas être numérique")
    visit = {"category": "VISITE_GUIDEE"}
    small = {"file": base64.b64encode(picture(100, 150)).decode()}
    assert refused(categoryRelatedFields=visit, image=small) == {
        "imageFile": "The image is too small. It must be above 400x600 pixels."
    }
    assert Offer.objects.count() == count + 1


def test_wrong_dates_are_all_told_and_none_is_written(cast):
    software, _ = software_of(cast.venue)
    event_id = software.post(
        EVENTS, concert(cast.venue, priceCategories=[{"label": "Plein", "price": 10}])
    )["id"]
    price_id = software.get(PRICES, event_id=event_id)["priceCategories"][0]["id"]
    good = {
        "beginningDatetime": in_days(2),
        "bookingLimitDatetime": in_days(1),
        "quantity": 1,
        "priceCategoryId": price_id,
    }

    def refused(*rows):
        return software.post(DATES, {"dates": list(rows)}, event_id=event_id, status=400)

    wrong = refused(
        good,
        {**good, "priceCategoryId": 0},
        {**good, "bookingLimitDatetime": in_days(3), "idAtProvider": "D"},
        {**good, "idAtProvider": "D"},
    )
    assert sorted(wrong) == [
        "dates.1.priceCategoryId",
        "dates.2.bookingLimitDatetime",
        "dates.2.idAtProvider",
        "dates.3.idAtProvider",
    ]
    shape = refused({**good, "quantity": -1}, {**good, "quantity": "10", "beginningDatetime": "x"})
    assert shape["dates.0.quantity"] == ["Value must be positive"]
    assert len(shape["dates.1.quantity"]) == 2
    assert "dates.1.beginningDatetime" in shape
    assert not Stock.objects.filter(offer_id=event_id).exists()


def test_many_dates_are_written_with_as_many_statements_as_few(cast, django_assert_max_num_queries):
    software, _ = software_of(cast.venue)
    event_id = software.post(
        EVENTS, concert(cast.venue, priceCategories=[{"label": "Plein", "price": 10}])
    )["id"]
    price_id = software.get(PRICES, event_id=event_id)["priceCategories"][0]["id"]
    rows = [
        {
            "beginningDatetime": in_days(2, minutes=minute),
            "bookingLimitDatetime": in_days(1),
            "quantity": 1,
            "priceCategoryId": price_id,
        }
        for minute in range(300)
    ]

    with django_assert_max_num_queries(20):
        software.post(DATES, {"dates": rows}, event_id=event_id)
    with django_assert_max_num_queries(5):
        assert len(software.get(DATES, event_id=event_id)["dates"]) == 50
    too_many = software.post(DATES, {"dates": rows * 9}, event_id=event_id, status=400)
    assert too_many == {"dates": ["ensure this value has at most 2500 items"]}


def test_the_list_of_events_takes_the_same_statements_however_long(cast, django_assert_num_queries):
    software, _ = software_of(cast.venue)
    OfferFactory(draft=True, venue=cast.venue)
    OfferFactory(good=True, venue=cast.venue)
    software.get(EVENTS)
    for _ in range(3):
        OfferFactory(venue=cast.venue)

    with django_assert_num_queries(4):  # switches, key, events, prices
        events = software.get(EVENTS)["events"]
    assert len(events) == 4
    assert software.get(EVENTS, query={"venueId": cast.venue.pk, "limit": 1}) == {
        "events": events[:1]
    }
    assert software.get(EVENTS, query={"venueId": cast.other_venue.pk}, status=404)


def test_an_offer_of_the_portal_is_published_or_hidden_only(cast):
    software, _ = software_of(cast.venue)

    hidden = software.patch(EVENT, {"isActive": False}, event_id=cast.offer.pk)
    refused = software.patch(EVENT, {"name": "Autre"}, event_id=cast.offer.pk, status=400)

    assert hidden["status"] == "INACTIVE"
    imported = {"global": ["Les offres importées ne sont pas modifiables"]}
    assert refused == imported
    assert software.post(DATES, {"dates": []}, event_id=cast.offer.pk, status=400) == imported
    Offer.objects.filter(pk=cast.offer.pk).update(validation="PENDING", is_active=False)
    assert software.patch(EVENT, {"isActive": True}, event_id=cast.offer.pk, status=400) == {
        "global": ["Les offres refusées ou en attente de validation ne sont pas modifiables"]
    }


def test_a_rule_of_the_team_holds_an_event_of_the_api_back(cast):
    rule = ModerationRule.objects.create(name="Armes", is_on=True)
    ModerationCondition.objects.create(
        rule=rule, field="TITLE", operator="CONTAINS", value="sirènes"
    )
    software, _ = software_of(cast.venue)

    event = software.post(EVENTS, concert(cast.venue))

    assert event["status"] == "PENDING"


def test_no_route_of_the_offers_shows_anything_of_another_partner(cast):
    """API-20: the same answer as for an unknown number, on every route with an object."""
    software, _ = software_of(cast.venue)
    event_id = software.post(
        EVENTS, concert(cast.venue, priceCategories=[{"label": "Plein", "price": 10}])
    )["id"]
    price_id = software.get(PRICES, event_id=event_id)["priceCategories"][0]["id"]
    stranger = Software(ProviderKeyFactory())
    body = {"dates": []}

    def answers(event_id, **more):
        return [
            stranger.get(EVENT, event_id=event_id, status=404),
            stranger.patch(EVENT, {"name": "A"}, event_id=event_id, status=404),
            stranger.get(PRICES, event_id=event_id, status=404),
            stranger.post(PRICES, {"priceCategories": []}, event_id=event_id, status=404),
            stranger.get(DATES, event_id=event_id, status=404),
            stranger.post(DATES, body, event_id=event_id, status=404),
            stranger.patch(
                PRICE, {"price": 1}, event_id=event_id, price_category_id=price_id, status=404
            ),
            stranger.patch(DATE, {}, event_id=event_id, stock_id=cast.stock.pk, status=404),
            stranger.delete(DATE, event_id=event_id, stock_id=cast.stock.pk, status=404),
        ]

    assert answers(event_id) == answers(0)
    assert stranger.get(EVENTS) == {"events": []}
    link = cast.venue.provider_links.get()
    type(link).objects.filter(pk=link.pk).update(status="PAUSED")
    assert software.get(EVENT, event_id=event_id, status=404)


def test_an_image_is_sent_as_a_file(cast):
    software, _ = software_of(cast.venue)
    event_id = software.post(EVENTS, concert(cast.venue))["id"]
    path = f"/public/offers/v1/{event_id}/image"

    def send(content):
        file = SimpleUploadedFile("affiche.jpg", content)
        return software.client.post(path, {"file": file, "credit": "Atelier"})

    assert software.client.post(path).json() == {"file": ["A file must be provided in the request"]}
    assert send(picture(600, 600, "JPEG")).json() == {
        "file": "Bad image ratio: expected 0.66, found 1.0"
    }
    assert send(b"nothing").json() == {"file": "The file is not a valid image."}
    assert send(picture(kind="JPEG")).status_code == 204
    assert software.get(EVENT, event_id=event_id)["image"]["credit"] == "Atelier"


def test_closed_lists_and_addresses(cast):
    software, _ = software_of(cast.venue)
    offers = "/public/offers/v1"
    address = {"street": "12 quai du Port", "city": "Brest", "postalCode": "29200"}

    for name in (
        "events/categories", "products/categories", "music_types", "music_types/all",
        "music_types/event", "show_types",
    ):  # fmt: skip
        assert software.get(f"{offers}/{name}")
    unknown = software.post(
        f"{offers}/addresses", {**address, "street": "3 impasse du Néant"}, status=400
    )
    assert list(unknown) == ["__root__"]
    given = {**address, "street": "3 impasse du Néant", "latitude": 48.4, "longitude": -4.5}
    known = software.post(f"{offers}/addresses", given)
    assert software.post(f"{offers}/addresses", given) == known
    assert software.get(f"{offers}/addresses/{{address_id}}", address_id=known["id"]) == known
    assert software.get(f"{offers}/addresses/{{address_id}}", address_id=0, status=404)
    assert software.post(f"{offers}/addresses", {**given, "city": "Nulleparville"}, status=400)
    assert software.get(f"{offers}/addresses/search", query=given) == {"addresses": [known]}
    event = software.post(
        EVENTS,
        concert(
            cast.venue,
            location={
                "type": "address", "venueId": cast.venue.pk,
                "addressId": known["id"], "addressLabel": "Le chapiteau",
            },
        ),
    )  # fmt: skip
    assert event["location"]["addressId"] == known["id"]
    assert software.get(EVENTS, query={"addressId": known["id"]})["events"] == [event]
