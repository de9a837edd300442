"""`python -m bench.volume`: the list, its export and the nightly jobs, at volume.

Needs an empty, migrated database (DATABASE_URL): it is filled by PostgreSQL itself and left full.
`--bookings` (default 100 000) belong to one structure; `--due` of them wait for a job.
"""

import argparse
import io
import os
import resource
import statistics
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passpro.settings.dev")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.data import ALPHABET, build  # noqa: E402
from bookings import exports  # noqa: E402
from bookings.models import Booking  # noqa: E402
from bookings.services.after_event import auto_validate  # noqa: E402
from bookings.services.expire import expire  # noqa: E402
from bookings.services.export import wanted_bookings  # noqa: E402
from passpro.kernel import clock  # noqa: E402

OFFERS = 50
# Most people of a structure come once or twice: many names to search.
EACH = 2
_LETTERS = " || ".join(
    f"substr('{ALPHABET}', ((n / {len(ALPHABET) ** power}) %% {len(ALPHABET)})::int + 1, 1)"
    for power in range(6)
)
# Even offers are events, odd ones are goods that expire; one person books an offer once.
_FILL = f"""
    INSERT INTO bookings_booking (
        stock_id, offer_id, venue_id, offerer_id, beneficiary_id, deposit_id, quantity,
        amount_cents, price_category_label, ceiling, countermark, status, booked_at,
        cancellation_limit_at, used_at, validated_by, cancelled_at, cancellation_reason
    )
    SELECT stock.id, stock.offer_id, offer.venue_id, venue.offerer_id, person.id, deposit.id, 1,
        100, '', '', {_LETTERS},
        CASE WHEN n < %(due)s THEN 'CONFIRMED' ELSE 'USED' END,
        %(now)s::timestamptz - CASE WHEN n < %(due)s THEN interval '60 days'
            ELSE (n %% 20000) * interval '1 minute' END,
        CASE WHEN stock.beginning_at IS NULL THEN NULL ELSE %(now)s::timestamptz END,
        CASE WHEN n < %(due)s THEN NULL ELSE %(now)s::timestamptz END,
        CASE WHEN n < %(due)s THEN '' ELSE 'OFFERER' END, NULL, ''
    FROM generate_series(0, %(count)s - 1) AS n
    JOIN (SELECT s.*, row_number() OVER (ORDER BY id) - 1 AS place FROM offers_stock s) AS stock
        ON stock.place = n %% {OFFERS}
    JOIN (SELECT u.id, row_number() OVER (ORDER BY id) - 1 AS place FROM accounts_user u
          WHERE email LIKE 'jeune%%') AS person ON person.place = n / {EACH}
    JOIN bookings_deposit deposit ON deposit.user_id = person.id
    JOIN offers_offer offer ON offer.id = stock.offer_id
    JOIN venues_venue venue ON venue.id = offer.venue_id
"""  # noqa: S608 (letters of the alphabet)


def fill(count: int, due: int) -> object:
    """The structure, its people, `count` bookings; counters as the constraints want them."""
    stage = build(people=-(-count // EACH), stocks=OFFERS, bookings=0)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO offers_pricecategory (offer_id, label, price_cents, provider_key)"
            " SELECT id, 'Tarif unique', 100, '' FROM offers_offer WHERE id %% 2 = 0".replace(
                "%%", "%"
            )
        )
        cursor.execute("UPDATE offers_offer SET subcategory_id = 'CONCERT' WHERE id %% 2 = 0", [])
        cursor.execute(
            "UPDATE offers_stock SET beginning_at = %s - interval '10 days', quantity = NULL,"
            " price_category_id = (SELECT id FROM offers_pricecategory p"
            " WHERE p.offer_id = offers_stock.offer_id) WHERE offer_id %% 2 = 0",
            [now],
        )
        cursor.execute("UPDATE offers_stock SET quantity = NULL, price_cents = 100")
        cursor.execute(_FILL, {"count": count, "due": due, "now": now})
        cursor.execute(
            "UPDATE offers_stock SET booked_quantity ="
            " (SELECT count(*) FROM bookings_booking b WHERE b.stock_id = offers_stock.id)"
        )
        cursor.execute(
            "UPDATE bookings_deposit SET spent_cents = 100 *"
            " (SELECT count(*) FROM bookings_booking b WHERE b.deposit_id = bookings_deposit.id)"
        )
        cursor.execute("VACUUM ANALYZE")
    return stage


def timed(what: str, call: Callable[[], object], runs: int = 7) -> None:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    print(f"{what:<52}{statistics.median(times):>9.0f} ms")


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bookings", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=5_000)
    parser.add_argument("--no-pages", action="store_true")
    asked = parser.parse_args()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEBUG = False
    owner = fill(asked.bookings, asked.due).owner
    print(f"{Booking.objects.count()} bookings, {asked.due} due")
    if not asked.no_pages:
        client = Client()
        client.force_login(owner)
        client.get("/reservations")
        for address in (
            "/reservations",
            "/reservations?page=250",
            "/reservations?du=2000-01-01&au=2100-01-01",
            "/reservations?du=2000-01-01&au=2100-01-01&page=250",
            "/reservations?du=2000-01-01&statut=USED&page=100",
            "/reservations?du=2000-01-01&sort=beneficiaire&page=20",
            "/reservations?du=2000-01-01&q=durand17",
            "/reservations?du=2000-01-01&q=chloe",
            "/reservations?du=2000-01-01&q=urand17",
            "/reservations?du=2000-01-01&q=e",
            "/reservations?du=2000-01-01&q=personne",
            "/reservations?du=2000-01-01&dans=contremarque&q=BCD",
            "/reservations?du=2000-01-01&dans=contremarque&q=B",
            "/reservations?du=2000-01-01&dans=offre&q=server",
            "/reservations?du=2000-01-01&dans=ean&q=8207036",
        ):
            timed(address, lambda address=address: client.get(address))
        before = memory()

        def export() -> None:
            wanted = wanted_bookings(owner, "du=2000-01-01")
            exports.write_csv(exports.lines_of(wanted), io.FileIO(os.devnull, "wb"))

        timed("export of all of them in CSV", export, runs=3)
        print(f"memory above the idle process{memory() - before:>29} MB")
    before = memory()
    for job in (auto_validate, expire):
        start = time.perf_counter()
        outcome = job(now=clock.now())
        print(f"{job.__name__} {outcome}: {time.perf_counter() - start:.1f} s")
    print(f"memory of the jobs{memory() - before:>40} MB")


if __name__ == "__main__":
    main()
