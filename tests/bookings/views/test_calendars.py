"""The private calendar of a venue: dates and figures, nobody's name, an address that changes."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


def change(cast, action="ouvrir", person="member"):
    client = cast.client(person)
    return client.post(f"/guichet/agendas/{cast.venue.pk}", {"action": action}, follow=True)


def address(cast):
    page = cast.client("member").get("/guichet/agendas").text
    return re.search(r'value="[^"]*(/agenda/\d+/[0-9a-f]+\.ics)"', page).group(1)


def test_coming_dates_are_told_with_their_places_and_without_names(cast):
    stock = StockFactory(
        offer__venue=cast.venue,
        offer__title="Conte, musique; et mer",
        offer__duration_minutes=90,
        beginning_at=clock.now() + timedelta(days=3),
    )
    guest = BookingFactory(stock=stock, quantity=2).beneficiary
    foreign = StockFactory(offer__title="Ailleurs")
    change(cast)

    answer = Client().get(address(cast))

    text = answer.text.replace("\r\n ", "")
    assert answer["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:Conte\\, musique\\; et mer (2 réservées)" in text
    assert f"DTSTART:{stock.beginning_at:%Y%m%dT%H%M%SZ}" in text
    assert f"DTEND:{stock.beginning_at + timedelta(minutes=90):%Y%m%dT%H%M%SZ}" in text
    assert guest.last_name not in text
    assert guest.email not in text
    assert foreign.offer.title not in text
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))


def test_a_changed_or_closed_address_stops_answering(cast):
    change(cast)
    first = address(cast)
    change(cast)
    second = address(cast)

    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    change(cast, "fermer")
    assert Client().get(second).status_code == 404
    assert "Pas encore d’adresse" in cast.client("member").get("/guichet/agendas").text


def test_a_closed_structure_and_a_guess_get_nothing(cast):
    change(cast)
    known = address(cast)
    cast.offerer.is_active = False
    cast.offerer.save()

    assert Client().get(known).status_code == 404
    assert Client().get(f"/agenda/{cast.venue.pk}/{'0' * 40}.ics").status_code == 404


def test_only_those_of_the_structure_open_it(cast):
    assert change(cast, person="outsider").status_code == 404
