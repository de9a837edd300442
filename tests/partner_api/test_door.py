"""Key, rate, errors and paging of every route (API-10 to API-54)."""

import json

import pytest
from django.test import Client

from tests.partner_api.client import Software, software_of
from tests.venues.factories import ProviderKeyFactory, VenueFactory, full_key
from venues.api import door

pytestmark = pytest.mark.django_db

VENUES = "/public/offers/v1/offerer_venues"
BOOKINGS = "/public/bookings/v1/bookings"
TOKEN = "/public/bookings/v1/token/{token}"


def _path(template):
    names = {part[1:-1] for part in template.split("/") if part.startswith("{")}
    return template.format(**{name: "1" if name.endswith("_id") else "ABCDEF" for name in names})


def _all_routes():
    return [
        (method, template)
        for template, views in sorted(door.built_routes().items())
        for method in sorted(views)
    ]


def test_nobody_without_a_partners_key_learns_anything_from_any_route(cast):
    wrong = f"{ProviderKeyFactory().prefix}_{'6' * 64}"
    callers = [
        Client(),
        Client(headers={"Authorization": f"Bearer {wrong}"}),
        Client(headers={"Authorization": "Bearer production_abcdef_" + "5" * 64}),
        Client(headers={"Authorization": f"Basic {full_key(cast.api_key)}"}),
        Client(headers={"Authorization": f"Bearer {full_key(cast.api_key)}"}),
    ]
    for method, template in _all_routes():
        for caller in callers:
            answer = caller.generic(method, _path(template), b"not json")
            assert answer.status_code == 401, (method, template)
            assert answer.json() == {"auth": "API key required"}
            assert answer["Content-Type"] == "application/json"
            assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_partner_switched_off_is_refused_everywhere(cast):
    software, provider = software_of(cast.venue)
    provider.is_active = False
    provider.save()

    answer = software.get(VENUES, status=403)

    assert answer == {"auth": ["Inactive provider"]}


def test_calls_are_counted_over_a_sliding_minute_for_each_key(cast, settings):
    settings.PARTNER_API_CALLS_PER_MINUTE = 3
    software, provider = software_of(cast.venue)
    key = ProviderKeyFactory(provider=provider, prefix=f"test_rate{id(software)}")
    other = ProviderKeyFactory(provider=provider, prefix=f"test_other{id(software)}")
    first = Software(key)

    left = []
    for _ in range(3):
        first.get(VENUES)
        left.append(first.answer["RateLimit-Remaining"])
    refused = first.get(VENUES, status=429)

    assert left == ["2", "1", "0"]
    assert refused == {
        "global": ["Nombre de tentatives de connexion dépassé, veuillez réessayer dans une minute"]
    }
    assert 50 <= int(first.answer["Retry-After"]) <= 60
    Software(other).get(VENUES)


def test_wrong_addresses_methods_and_bodies_are_told_in_the_contracts_words(cast):
    software, _ = software_of(cast.venue)

    nowhere = software.client.get("/public/offers/v1/nothing")
    letters = software.client.get("/public/offers/v1/venues/12/more")
    wrong = software.client.delete(VENUES)
    asked = software.client.options(VENUES, headers={"Authorization": ""})

    assert (nowhere.status_code, nowhere.json()) == (404, {})
    assert (letters.status_code, letters.json()) == (404, {})
    assert wrong.status_code == 405
    assert "n'existe pas" in wrong.json()["global"][0]
    assert asked.status_code == 204
    assert "Authorization" in asked["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"limit": "0"}, ["limit"]),
        ({"limit": "51", "firstIndex": "0"}, ["firstIndex", "limit"]),
        ({"limit": "x"}, ["limit"]),
        ({"nothing": "1"}, ["nothing"]),
        ({"status": "EATEN", "beginningDatetime": "soon"}, ["beginningDatetime", "status"]),
    ],
)
def test_all_wrong_fields_of_a_query_are_told_together(cast, query, keys):
    software, _ = software_of(cast.venue)

    answer = software.get(BOOKINGS, query=query, status=400)

    assert sorted(answer) == keys


def test_both_spellings_of_a_key_are_understood(cast):
    software, _ = software_of(cast.venue)

    assert software.get(BOOKINGS, query={"first_index": str(cast.booking.pk)})["bookings"]
    assert software.get(BOOKINGS, query={"first_index": str(cast.booking.pk + 1)}) == {
        "bookings": []
    }


def test_venues_of_a_partner_are_those_that_authorised_it(cast):
    software, _ = software_of(cast.venue)
    digital = VenueFactory(virtual=True, offerer=cast.offerer)
    VenueFactory(virtual=True, offerer=cast.other_offerer)

    [found] = software.get(VENUES)

    assert found["offerer"]["siren"] == cast.offerer.siren
    assert [one["id"] for one in found["venues"]] == [cast.venue.pk, digital.pk]
    assert [one["location"]["type"] for one in found["venues"]] == ["physical", "digital"]
    assert software.get(VENUES, query={"siren": cast.other_offerer.siren}) == []
    assert software.get(VENUES, query={"siren": "12"}, status=400)
    assert software.get("/public/offers/v1/venues/{siret}", siret=cast.venue.siret)
    unknown = software.get(
        "/public/offers/v1/venues/{siret}", siret=cast.other_venue.siret, status=404
    )
    assert unknown == {"global": "Venue cannot be found"}


def test_an_idempotency_key_does_a_call_once(cast):
    software, _ = software_of(cast.venue)
    use, code = "/public/bookings/v1/use/token/{token}", cast.booking.countermark
    once = {"Idempotency-Key": "a1"}

    software.patch(use, token=code, headers=once, status=204)
    software.patch(use, token=code, headers=once, status=204)
    software.patch(use, token=code, status=410)

    other = software.client.patch(f"/public/bookings/v1/keep/token/{code}", headers=once)
    assert other.status_code == 422
    assert list(json.loads(other.content)) == ["Idempotency-Key"]
