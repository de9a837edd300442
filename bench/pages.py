"""`python -m bench --pages`: server time of the busy portal pages of a very large structure."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client

from bench import data
from offers.models import Offer, PriceCategory, Stock
from passpro.kernel import clock
from venues.models import Venue

VENUES, OFFERS, BOOKINGS, PEOPLE = 200, 5_000, 100_000, 2_000
AIM_MS = 150
PAGES = ("/accueil", "/structures", "/structures/{offerer}", "/statistiques", "/offres")


def build() -> data.Stage:
    """One structure with 200 venues, 5 000 dated offers and 100 000 bookings."""
    stage = data.build(people=PEOPLE, stocks=OFFERS, bookings=BOOKINGS)
    venues = Venue.objects.bulk_create(
        Venue(
            offerer=stage.offerer,
            siret=f"300000007{n:05d}",
            name=f"Salle {n}",
            department_code="29",
            booking_email="banc@example.org",
        )
        for n in range(100, 100 + VENUES)
    )
    offers = [stock.offer for stock in stage.stocks]
    for n, offer in enumerate(offers):
        offer.venue = venues[n % VENUES]
    Offer.objects.bulk_update(offers, ["venue"], batch_size=1_000)
    now = clock.now()
    prices = PriceCategory.objects.bulk_create(
        PriceCategory(offer=offer, label="Tarif", price_cents=100) for offer in offers
    )
    for n, (stock, price) in enumerate(zip(stage.stocks, prices, strict=True)):
        stock.beginning_at = now + timedelta(hours=n % 2_000 + 1)
        stock.price_category = price
    Stock.objects.bulk_update(stage.stocks, ["beginning_at", "price_category"], batch_size=1_000)
    with connection.cursor() as cursor:
        # Bookings of a year, as a real structure has them.
        cursor.execute(
            "UPDATE bookings_booking SET booked_at = %s - (id %% 365) * interval '1 day'", [now]
        )
        cursor.execute("ANALYZE")
    return stage


class Count:
    """Counts the statements of a page (an `execute_wrapper`)."""

    statements = 0

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.statements += 1
        return execute(*statement)


def measure(*, runs: int = 15) -> None:
    """Median of several requests in process, templates included, and the number of queries."""
    # Production settings name each file by its content: pages need the list of a first collection.
    call_command("collectstatic", interactive=False, verbosity=0)
    stage = build()
    client = Client()
    client.force_login(stage.owner)
    print(f"\n{VENUES} venues, {OFFERS} offers, {BOOKINGS} bookings\n")
    print(f"{'page':20}{'median ms':>10}{'queries':>9}{'aim ms':>8}")
    for page in [page.format(offerer=stage.offerer.pk) for page in PAGES]:
        count = Count()
        with connection.execute_wrapper(count):
            answer = client.get(page, secure=True, headers={"host": "localhost"})
        if answer.status_code != 200:
            raise SystemExit(f"{page}: {answer.status_code}")
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            client.get(page, secure=True, headers={"host": "localhost"})
            times.append(1000 * (time.perf_counter() - start))
        print(f"{page:20}{statistics.median(times):>10.0f}{count.statements:>9}{AIM_MS:>8}")
