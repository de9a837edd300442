"""The countermark API v2: status codes and keys that connected software relies on (§6.3)."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from passpro.kernel import clock
from tests.accounts.factories import PASSWORD
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_memory():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def client(cast):
    return cast.client("api_key")


def make(cast, **facts):
    return BookingFactory(stock=StockFactory(offer=OfferFactory(venue=cast.venue)), **facts)


def call(client, name, booking):
    code = booking if isinstance(booking, str) else booking.countermark
    method = client.get if name == "token" else client.patch
    return method(reverse(f"bookings:{name}", kwargs={"token": code}))


def basic(email, password):
    raw = base64.b64encode(f"{email}:{password}".encode()).decode()
    return Client(headers={"Authorization": f"Basic {raw}"})


LATER = clock.now() + timedelta(days=2)


@pytest.mark.parametrize(
    ("name", "facts", "status", "key"),
    [
        # DSK-20, for the look-up and for the validation.
        ("token", {"reimbursed": True}, 403, "payment"),
        ("token", {"used": True, "frozen_at": clock.now()}, 403, "payment"),
        ("token", {"used": True}, 410, "booking"),
        ("token", {"cancelled": True}, 410, "booking_cancelled"),
        ("token", {"cancellation_limit_at": LATER}, 403, "booking"),
        ("token", {}, 200, None),
        ("token_use", {"reimbursed": True}, 403, "payment"),
        ("token_use", {"used": True, "frozen_at": clock.now()}, 403, "payment"),
        ("token_use", {"used": True}, 410, "booking"),
        ("token_use", {"cancelled": True}, 410, "booking_cancelled"),
        ("token_use", {"cancellation_limit_at": LATER}, 403, "booking"),
        ("token_use", {}, 204, None),
        # DSK-30.
        ("token_keep", {"cancelled": True}, 410, "booking"),
        ("token_keep", {"reimbursed": True}, 410, "payment"),
        ("token_keep", {"used": True, "frozen_at": clock.now()}, 410, "payment"),
        ("token_keep", {}, 410, "booking"),
        ("token_keep", {"used": True}, 204, None),
        # DSK-40.
        ("token_cancel", {"used": True}, 403, "global"),
        ("token_cancel", {"reimbursed": True}, 403, "global"),
        ("token_cancel", {"cancelled": True}, 410, "global"),
        ("token_cancel", {"cancellation_limit_at": LATER}, 204, None),
        ("token_cancel", {}, 204, None),
    ],
)
def test_each_state_has_its_status_and_its_key(cast, client, name, facts, status, key):
    response = call(client, name, make(cast, **facts))

    assert response.status_code == status
    if status == 204:
        assert response.content == b""
    elif status != 200:
        assert list(response.json()) == [key]
        assert isinstance(response.json()[key], list)


@pytest.mark.parametrize("name", ["token", "token_use", "token_keep", "token_cancel"])
@pytest.mark.parametrize("code", ["ZZZZZZ", "N7QK2", "ABCDEFG", "%00ABCDE", "ééééùù"])
def test_an_unknown_or_odd_code_is_not_found(client, name, code):
    response = call(client, name, code)

    assert (response.status_code, list(response.json())) == (404, ["global"])


@pytest.mark.parametrize("name", ["token", "token_use", "token_keep", "token_cancel"])
def test_another_structure_gets_the_user_key(cast, name):
    response = call(cast.client("outsider_api_key"), name, cast.booking)

    assert (response.status_code, list(response.json())) == (403, ["user"])


def test_software_reads_the_sentences_of_the_contract(cast, client):
    used = call(client, "token_use", make(cast, used=True)).json()
    cancelled = call(client, "token_cancel", make(cast, cancelled=True)).json()
    stranger = call(cast.client("outsider_api_key"), "token_cancel", cast.booking).json()

    assert used == {"booking": ["Cette réservation a déjà été validée"]}
    assert cancelled == {"global": ["Cette contremarque a déjà été annulée"]}
    assert stranger["user"][0].endswith("pour annuler cette réservation.")
    nothing = client.get("/v2/bookings/token/")
    assert (nothing.status_code, nothing.json()) == (404, {})


def test_the_code_may_be_in_lower_case(cast, client):
    assert call(client, "token_use", make(cast).countermark.lower()).status_code == 204


def test_a_refused_method_says_so(cast, client):
    response = client.post(reverse("bookings:token", kwargs={"token": "ABCDEF"}))

    assert response.status_code == 405
    assert list(response.json()) == ["global"]


def test_the_body_of_a_look_up(cast, client, snapshot):
    stock = StockFactory(
        offer=OfferFactory(venue=cast.venue, title="Le Lac des cygnes"),
        beginning_at=datetime(2026, 5, 28, 12, 30, tzinfo=UTC),
        price_category__label="Plein tarif",
    )
    booking = BookingFactory(
        stock=stock,
        deposit=cast.deposit,
        quantity=2,
        price_category_label="Plein tarif",
        booked_at=datetime(2026, 5, 1, 12, 0, tzinfo=UTC),
    )

    body = call(client, "token", booking).json()

    for numbered in ("bookingId", "offerId", "publicOfferId"):
        assert body.pop(numbered)
    assert body == snapshot


def test_a_paper_book_is_a_good_with_its_ean(cast, client):
    offer = OfferFactory(venue=cast.venue, book=True, extra_data={"ean": "9782000000013"})
    booking = BookingFactory(
        stock=StockFactory(undated=True, offer=offer), cancellation_limit_at=None
    )

    body = call(client, "token", booking).json()

    assert (body["offerType"], body["ean13"], body["datetime"]) == ("BIEN", "9782000000013", "")


def test_a_screening_carries_its_film_and_its_room(cast, client):
    theater = {"allocine_movie_id": 274799, "allocine_room_id": "W7517"}
    seats = StockFactory(
        offer=OfferFactory(
            venue=cast.venue, subcategory_id="SEANCE_CINE", extra_data={"theater": theater}
        )
    )
    odd = StockFactory(offer=OfferFactory(venue=cast.venue, extra_data={"theater": "W7517"}))

    body = call(client, "token", BookingFactory(stock=seats)).json()

    assert (body["theater"], body["formula"]) == (theater, "PLACE")
    assert call(client, "token", BookingFactory(stock=odd)).json()["theater"] == {}


def test_a_look_up_takes_two_statements_and_a_validation_three(
    cast, client, django_assert_num_queries, settings
):
    # The process keeps the switches for a moment, as it does outside tests.
    settings.FEATURES_CACHE_SECONDS = 60.0
    booking = make(cast)
    call(client, "token", booking)  # notes the use of the key, once a day

    with django_assert_num_queries(2):
        assert call(client, "token", booking).status_code == 200
    # Key, booking, state with its log; savepoint and release belong to the test.
    with django_assert_num_queries(5):
        assert call(client, "token_use", booking).status_code == 204


def test_without_credentials_the_body_is_the_known_one(cast):
    response = call(Client(), "token", cast.booking)

    assert response.status_code == 401
    assert response.json() == {"auth": "API key or login required"}


def test_a_wrong_key_is_401(cast):
    client = Client(headers={"Authorization": "Bearer test_000000000000_" + "0" * 64})

    assert call(client, "token", cast.booking).json() == {"auth": "API key or login required"}


def test_the_key_of_a_suspended_structure_is_403(cast, client):
    cast.offerer.is_active = False
    cast.offerer.save()

    response = call(client, "token", cast.booking)

    assert (response.status_code, list(response.json())) == (403, ["auth"])


def test_an_address_and_a_password_do_as_well(cast):
    assert call(basic(cast.alice.email, PASSWORD), "token_use", make(cast)).status_code == 204


@pytest.mark.parametrize("raw", ["Basic !!!", "Basic " + base64.b64encode(b"nobody").decode()])
def test_odd_basic_headers_are_401(cast, raw):
    response = call(Client(headers={"Authorization": raw}), "token", cast.booking)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Basic"
    assert response.json() == {"identifier": ["Identifiant ou mot de passe incorrect"]}


def test_the_session_of_the_portal_reads_and_writes_with_its_csrf_token(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    booking = make(cast)

    assert call(client, "token", booking).status_code == 200
    refused = call(client, "token_use", booking)
    assert (refused.status_code, list(refused.json())) == (403, ["auth"])

    client.cookies["csrftoken"] = "a" * 32
    url = reverse("bookings:token_use", kwargs={"token": booking.countermark})
    assert client.patch(url, headers={"X-CSRFToken": "a" * 32}).status_code == 204


def test_only_refused_attempts_are_counted_and_ten_stop_the_address(cast, client):
    booking = make(cast)
    for _ in range(15):
        assert call(client, "token", booking).status_code == 200
    for _ in range(10):
        assert call(Client(), "token", booking).status_code == 401

    stopped = call(Client(), "token", booking)
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "60")
    assert list(stopped.json()) == ["global"]
    assert call(client, "token", booking).status_code == 200


def test_ten_wrong_passwords_stop_the_person_from_any_address(cast):
    booking = make(cast)
    for number in range(10):
        client = basic(cast.alice.email, "wrong")
        client.defaults["REMOTE_ADDR"] = f"10.0.0.{number}"
        assert call(client, "token", booking).status_code == 401

    right = basic(cast.alice.email, PASSWORD)
    right.defaults["REMOTE_ADDR"] = "10.0.1.1"
    assert call(right, "token", booking).status_code == 429
