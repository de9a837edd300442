"""The load client against the real server: what it counts is what was answered."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench import client, servers
from passpro.kernel.actor import Actor
from tests.bookings.factories import BookingFactory
from tests.venues.factories import MembershipFactory
from venues.services.api_keys import issue_api_key


@pytest.fixture
def port(transactional_db, settings, monkeypatch):
    """The web server of the benchmark, on the database of the tests."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "passpro.settings.test")
    monkeypatch.setenv("DATABASE_URL", database_address(settings.DATABASES["default"]))
    with servers.running(servers.CHOSEN) as port:
        yield port


def database_address(database):
    query = "&".join(f"{k.lower()}={database[k]}" for k in ("HOST", "PORT") if database[k])
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?{query}"


def test_each_request_is_answered_once_whatever_the_number_of_clients(port):
    member = MembershipFactory()
    booking = BookingFactory(
        stock__offer__venue__offerer=member.offerer, cancellation_limit_at=None
    )
    _, raw = issue_api_key(
        offerer_id=member.offerer.pk, label="banc", user=member.user, by=Actor.user(member.user)
    )
    key = {"Authorization": f"Bearer {raw}"}
    known = client.request_bytes("GET", f"/v2/bookings/token/{booking.countermark}", key)
    unknown = client.request_bytes("GET", "/v2/bookings/token/ZZZZZZ", key)

    # A thread of its own: browser tests keep an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        requests = [known] * 6 + [unknown] * 2
        outcome = pool.submit(client.run, port, requests, clients=4).result()

    assert outcome.statuses == {200: 6, 404: 2}
    assert len(outcome.latencies) == 8
    assert outcome.per_second > 0
    assert outcome.percentile_ms(0.95) > 0
