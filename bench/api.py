"""`python -m bench.api`: the busiest addresses of the partner API beside the bare SQL of the same.

Needs an empty, migrated database (DATABASE_URL) and Redis (REDIS_URL): it is filled and left full.
Prints requests a second and p50, p95, p99 at 1, 8 and 32 clients; queries of one call at the end.
"""

import argparse
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import django

from bench.environment import PRODUCTION

os.environ.update({**PRODUCTION, "PARTNER_API_CALLS_PER_MINUTE": "100000000"})
django.setup()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import bare, client, servers  # noqa: E402
from bench.data import build  # noqa: E402
from offers.models import Offer, PriceCategory, Stock  # noqa: E402
from passpro.kernel import clock  # noqa: E402
from passpro.kernel.actor import Actor  # noqa: E402
from venues.enums import ProviderKind, VenueProviderStatus  # noqa: E402
from venues.models import Provider, VenueProvider  # noqa: E402
from venues.services.api_keys import issue_provider_api_key  # noqa: E402

CLIENTS = (1, 8, 32)
AIMS = {"check": 500, "validation": 300, "50 events": 150}
_PACKET = 2_000
EVENTS = """
SELECT o.*, a.street FROM offers_offer o
  LEFT JOIN venues_knownaddress a ON a.id = o.known_address_id
 WHERE o.venue_id = %s AND o.id >= 1 ORDER BY o.id LIMIT 50
"""
PRICES = "SELECT * FROM offers_pricecategory WHERE offer_id = ANY(%s)"
BOOKINGS = """
SELECT b.*, u.email, u.first_name, u.last_name, u.phone, u.date_of_birth, o.title, s.beginning_at
  FROM bookings_booking b JOIN accounts_user u ON u.id = b.beneficiary_id
  JOIN offers_offer o ON o.id = b.offer_id JOIN offers_stock s ON s.id = b.stock_id
 WHERE b.venue_id = %s AND b.id >= 1 ORDER BY b.id LIMIT 50
"""


class Rows:
    """One venue, its software with a key, `events` events and `bookings` countermarks."""

    def __init__(self, *, events: int, bookings: int) -> None:
        self.stage = build(people=250, stocks=1, bookings=bookings)
        self.venue_id = self.stage.offerer.venues.get().pk
        provider = Provider.objects.create(name="Banc", kind=ProviderKind.TICKETING)
        VenueProvider.objects.create(
            venue_id=self.venue_id, provider=provider, status=VenueProviderStatus.ACTIVE
        )
        _, raw = issue_provider_api_key(
            provider_id=provider.pk,
            label="banc",
            user=self.stage.owner,
            by=Actor.user(self.stage.owner),
        )
        self.headers = {"Authorization": f"Bearer {raw}"}
        self.marks: Iterator[str] = iter(self.stage.countermarks)
        _make_events(self.venue_id, provider, events)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _make_events(venue_id: int, provider: Provider, count: int) -> None:
    now = clock.now()
    offers = Offer.objects.bulk_create(
        (
            Offer(
                venue_id=venue_id,
                provider=provider,
                subcategory_id="CONCERT",
                title=f"Concert {n}",
                validation="APPROVED",
                is_active=True,
                publication_at=now,
                validated_at=now,
            )
            for n in range(count)
        ),
        batch_size=_PACKET,
    )
    prices = PriceCategory.objects.bulk_create(
        (PriceCategory(offer=one, label="Plein tarif", price_cents=1_500) for one in offers),
        batch_size=_PACKET,
    )
    begins = now + timedelta(days=30)
    Stock.objects.bulk_create(
        (
            Stock(
                offer=price.offer,
                price_category=price,
                price_cents=1_500,
                beginning_at=begins,
                booking_limit_at=begins,
                quantity=100,
            )
            for price in prices
        ),
        batch_size=_PACKET,
    )


def _paths(rows: Rows) -> dict[str, tuple[str, int, Callable[[], str]]]:
    """Name → method, expected status, next path."""
    mark = rows.stage.countermarks[-1]
    return {
        "check": ("GET", 200, lambda: f"/public/bookings/v1/token/{mark}"),
        "validation": (
            "PATCH", 204, lambda: f"/public/bookings/v1/use/token/{next(rows.marks)}",
        ),
        "50 events": ("GET", 200, lambda: f"/public/offers/v1/events?venueId={rows.venue_id}"),
        "50 bookings": (
            "GET", 200, lambda: f"/public/bookings/v1/bookings?venueId={rows.venue_id}",
        ),
    }  # fmt: skip


def _bare(rows: Rows) -> dict[str, Callable[[psycopg.Cursor], None]]:
    def events(cursor: psycopg.Cursor) -> None:
        found = cursor.execute(EVENTS, [rows.venue_id]).fetchall()
        cursor.execute(PRICES, [[one[0] for one in found]]).fetchall()

    return {
        "check": lambda cursor: bare.check(cursor, rows.stage.countermarks[-1]),
        "validation": lambda cursor: bare.validate(cursor, next(rows.marks)),
        "50 events": events,
        "50 bookings": lambda cursor: cursor.execute(BOOKINGS, [rows.venue_id]).fetchall(),
    }


def bare_per_second(work: Callable[[psycopg.Cursor], object], count: int, clients: int) -> float:
    """Statements of the same work a second, each thread with its own connection."""
    left, lock = [count], threading.Lock()

    def run() -> None:
        with psycopg.connect(_address(), autocommit=True) as link, link.cursor() as cursor:
            while True:
                with lock:
                    if not left[0]:
                        return
                    left[0] -= 1
                work(cursor)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - started)


def _address() -> str:
    facts = settings.DATABASES["default"]
    return psycopg.conninfo.make_conninfo(
        dbname=facts["NAME"], host=facts["HOST"], port=facts["PORT"] or None, user=facts["USER"],
        password=facts["PASSWORD"] or None,
    )  # fmt: skip


def _wait_for(port: int) -> None:
    """A busy machine may take a minute to start the workers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--events", type=int, default=10_000)
    options.add_argument("--bookings", type=int, default=60_000)
    options.add_argument("--requests", type=int, default=2_000)
    given = options.parse_args()
    rows = Rows(events=given.events, bookings=given.bookings)
    paths, work = _paths(rows), _bare(rows)
    print("| call | clients | requests/s | p50 ms | p95 ms | p99 ms | bare SQL/s | aim |")
    print("|---|---|---|---|---|---|---|---|")
    with servers.running(servers.CHOSEN) as port:
        _wait_for(port)
        for name, (method, expected, path) in paths.items():
            for clients in CLIENTS:
                count = given.requests
                sent = [client.request_bytes(method, path(), rows.headers) for _ in range(count)]
                client.run(port, sent[:20] if method == "GET" else [], clients)
                found = client.run(port, sent, clients)
                if set(found.statuses) != {expected}:
                    raise SystemExit(f"Unexpected answers to {name}: {found.statuses}")
                alone = bare_per_second(work[name], count, clients)
                times = " | ".join(f"{found.percentile_ms(p):.1f}" for p in (0.5, 0.95, 0.99))
                aim = AIMS.get(name, "")
                speed = f"{found.per_second:.0f}"
                print(f"| {name} | {clients} | {speed} | {times} | {alone:.0f} | {aim} |")
    for name, (method, _, path) in paths.items():
        with CaptureQueriesContext(connection) as queries:
            Client(headers=rows.headers).generic(method, path(), HTTP_HOST="localhost")
        print(f"{name}: {len(queries)} queries a call")


if __name__ == "__main__":
    main()
