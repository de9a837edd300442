"""`python -m bench.offers`: the portal's list of a structure with `--offers` offers, and an event
with `--dates` dates.

Fills an embedded server of its own, then prints the median of each page, in process, templates
included, and with `--plans` the plan of its heaviest query; then how long a worker takes to write
the dates by a rule, and the pages of these dates. The server is erased at the end unless `--keep`.
"""

import argparse
import os
import statistics
import time
from datetime import timedelta
from typing import Any

from bench import catalogue
from bench.environment import PRODUCTION

PLACE = "bench-offers"
RUNS = 9
VENUES = 200
_TITLES = (
    "Le Lac des cygnes", "Concert de jazz", "Nuit du théâtre", "Atelier gravure", "Bal du kiosque",
    "Visite des coulisses", "Cirque sous la lune", "Récital de piano", "Contes du soir",
)  # fmt: skip
_KINDS = ("SPECTACLE_REPRESENTATION", "CONCERT", "LIVRE_PAPIER", "ATELIER_PRATIQUE_ART")
LISTS = (
    ("newest", ""),
    ("page 30", "page=30"),
    ("title contains, frequent", "nom=concert"),
    ("title contains, rare", "nom=gravure 12345"),
    ("EAN", "nom=9780000012345"),
    ("one venue", "lieu={venue}"),
    ("category", "categorie=LIVRE"),
    ("published", "statut=ACTIVE"),
    ("planned", "statut=SCHEDULED"),
    ("sold out", "statut=SOLD_OUT"),
    ("expired", "statut=EXPIRED"),
    ("paused", "statut=INACTIVE"),
    ("drafts", "statut=DRAFT"),
    ("refused", "statut=REJECTED"),
    ("a week", "du={first}&au={last}"),
    ("made by hand", "creation=manuel"),
    ("imported", "creation=synchronise"),
    ("by title", "sort=titre"),
    ("by venue", "sort=lieu"),
)
DATES = (
    ("first page", ""),
    ("last page", "page=500"),
    ("one day", "jour={first}"),
    ("one hour", "heure=20:30"),
    ("one tariff", "tarif={tariff}"),
    ("by places left", "sort=places"),
)


def fill(count: int, others: int) -> None:
    """One structure with `VENUES` venues and `count` offers in every state, and the others."""
    from django.core.management import call_command
    from django.db import connection

    from bench import data
    from offers.models import Offer, PriceCategory, Stock
    from passpro.kernel import clock
    from venues.models import Offerer, Venue

    call_command("migrate", verbosity=0)
    now = clock.now()
    stage = data.build(people=1, stocks=1, bookings=1)
    venue = stage.stocks[0].offer.venue
    offer = Offer.objects.create(
        venue=venue, subcategory_id="CONCERT", title="Modèle", validation="APPROVED",
        is_active=True, publication_at=now, validated_at=now, description="Une soirée. " * 40,
    )  # fmt: skip
    tariff = PriceCategory.objects.create(offer=offer, label="Tarif", price_cents=0)
    stock = Stock.objects.create(
        offer=offer, price_category=tariff, price_cents=10_00, quantity=50,
        beginning_at=now + timedelta(days=1), booking_limit_at=now + timedelta(days=1),
    )  # fmt: skip
    stranger = Offerer.objects.create(siren="400000002", name="Ailleurs")
    titles, kinds = catalogue._array(_TITLES), catalogue._array(_KINDS)
    # Of a hundred: 5 drafts, 1 under review, 1 refused, 3 paused, 2 planned, 30 past, 8 full.
    state = (
        "CASE WHEN n % 100 < 5 THEN 'DRAFT' WHEN n % 100 = 5 THEN 'PENDING' "
        "WHEN n % 100 = 6 THEN 'REJECTED' ELSE 'APPROVED' END"
    )
    book = f"1 + n % {len(_KINDS)} = 3"
    with connection.cursor() as cursor:
        catalogue._copy(
            cursor, Venue, venue, 2 * VENUES, name="'Salle ' || n",
            siret="lpad((400000000 + n)::text, 9, '0') || '00012'",
            offerer_id=f"CASE WHEN n > {VENUES} THEN {stranger.pk} ELSE t.offerer_id END",
        )  # fmt: skip
        first_venue = catalogue._first(cursor, Venue, venue)
        # Ours and theirs are written one after the other, as they are in life.
        catalogue._copy(
            cursor, Offer, offer, count + others,
            venue_id=f"{first_venue} + n % {VENUES} + CASE WHEN n % {count + others} "
            f"* {count}::bigint % {count + others} < {count} THEN 0 ELSE {VENUES} END",
            title=f"({titles})[1 + n % {len(_TITLES)}] || ' ' || n",
            subcategory_id=f"({kinds})[1 + n % {len(_KINDS)}]",
            extra_data=f"CASE WHEN {book} THEN jsonb_build_object('ean', '978' || "
            "lpad(n::text, 10, '0')) ELSE '{}'::jsonb END",
            validation=state,
            is_active=f"({state}) = 'APPROVED' AND n % 100 > 9",
            publication_at="now() + CASE WHEN n % 100 IN (10, 11) THEN 1 ELSE -1 END "
            "* (n % 500 + 1) * interval '1 hour'",
        )  # fmt: skip
        first = catalogue._first(cursor, Offer, offer)
        catalogue._copy(cursor, PriceCategory, tariff, count + others, offer_id=f"{first} + n - 1",
                        price_cents="1000")  # fmt: skip
        first_tariff = catalogue._first(cursor, PriceCategory, tariff)
        begins = (
            f"CASE WHEN NOT ({book}) THEN now() + CASE WHEN n % 100 BETWEEN 12 AND 41 THEN -1 "
            "ELSE 1 END * (n % 80000 + 1) * interval '3 minutes' END"
        )
        for date in range(2):
            catalogue._copy(
                cursor, Stock, stock, count + others, "true" if date else f"NOT ({book})",
                offer_id=f"{first} + n - 1", beginning_at=begins, booking_limit_at=begins,
                price_category_id=f"CASE WHEN NOT ({book}) THEN {first_tariff} + n - 1 END",
                booked_quantity="CASE WHEN n % 100 BETWEEN 42 AND 49 THEN 50 ELSE 5 END",
            )  # fmt: skip
        cursor.execute("VACUUM ANALYZE")


def timed(client: Any, address: str) -> float:
    """Median milliseconds of a page."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = client.get(address, secure=True, headers={"host": "localhost"})
        times.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
    return statistics.median(times)


def heaviest(client: Any, address: str) -> str:
    """The plan of the query of the page that takes longest."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        client.get(address, secure=True, headers={"host": "localhost"})
    reads = [query for query in seen.captured_queries if query["sql"].startswith("SELECT")]
    main = max(reads, key=lambda query: float(query["time"]))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) " + main["sql"])
        return "\n".join("    " + row[0] for row in cursor.fetchall()) + "\n"


def pages(client: Any, path: str, asked: Any, *, plans: bool, **values: Any) -> None:
    print(f"\n{path:<34}{'median':>11}{'Python':>10}{'PostgreSQL':>12}")
    for name, query in asked:
        address = f"{path}?{query.format(**values)}"
        client.get(address, secure=True, headers={"host": "localhost"})
        before = catalogue.processor_time()
        median = timed(client, address)
        python, server = (
            (y - x) * 1000 / RUNS for x, y in zip(before, catalogue.processor_time(), strict=True)
        )
        print(f"{name:<34}{median:>8.1f} ms{python:>7.1f} ms{server:>9.1f} ms")
        if plans:
            print(heaviest(client, address))


def measure(*, dates: int, plans: bool) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from offers.models import Offer
    from passpro.accounts.models import User
    from passpro.kernel import clock
    from venues.models import Venue

    settings.DEBUG = False
    call_command("collectstatic", interactive=False, verbosity=0)
    client, today = Client(), clock.today()
    client.force_login(User.objects.get(email="bench@example.org"))
    venue = Venue.objects.filter(name="Salle 7").get()
    days = {"first": f"{today:%Y-%m-%d}", "last": f"{today + timedelta(days=6):%Y-%m-%d}"}
    pages(client, "/offres", LISTS, plans=plans, venue=venue.pk, **days)

    settings.MAX_STOCKS_PER_OFFER = dates
    offer = Offer.objects.filter(title="Modèle").get()
    offer.stocks.all().delete()
    tariff = offer.price_categories.get()
    print(f"\n{dates} dates by a rule: {write_dates(offer, tariff, dates)}")
    days["first"] = f"{today + timedelta(days=30):%Y-%m-%d}"
    pages(client, f"/offre/{offer.pk}/dates", DATES, plans=plans, tariff=tariff.pk, **days)


def write_dates(offer: Any, tariff: Any, count: int) -> str:
    """A rule of `count` dates (twenty hours a day) asked for, then written as a worker does."""
    from datetime import time as hour

    from offers.enums import BulkState, Rhythm
    from offers.models import DateSeries
    from offers.recurrence import Quota, Series
    from offers.services.series import add_series, run_series
    from passpro.kernel import clock
    from passpro.kernel.actor import SYSTEM

    first = clock.today() + timedelta(days=1)
    series = Series(
        rhythm=Rhythm.DAILY, first=first, last=first + timedelta(days=count // 20 - 1),
        hours=tuple(hour(3 + n, 30) for n in range(20)), quotas=(Quota(tariff.pk, 40),),
    )  # fmt: skip
    began = time.perf_counter()
    task = add_series(offer=offer, series=series, by=SYSTEM)
    asked = time.perf_counter()
    if task.state == BulkState.WAITING:
        run_series(task_id=task.pk)
    ended = time.perf_counter()
    task = DateSeries.objects.get(pk=task.pk)
    return f"asked in {asked - began:.2f} s, {task.created} written in {ended - asked:.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--offers", type=int, default=100_000)
    parser.add_argument("--others", type=int, default=100_000, help="offers of everybody else")
    parser.add_argument("--dates", type=int, default=10_000)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the server full")
    parser.add_argument("--again", action="store_true", help="measure a server left full")
    asked = parser.parse_args()
    os.environ.update(PRODUCTION)
    catalogue.start(PLACE)
    if not asked.again:
        began = time.perf_counter()
        fill(asked.offers, asked.others)
        print(f"{asked.offers} offers in {time.perf_counter() - began:.0f} s")
    print("load:", " ".join(f"{load:.1f}" for load in os.getloadavg()))
    measure(dates=asked.dates, plans=asked.plans)
    if not asked.keep:
        from passpro import embedded

        embedded.erase(embedded.CHECKOUT, PLACE)


if __name__ == "__main__":
    main()
