"""`python -m bench.catalogue`: the young people's search over a large catalogue.

Fills an embedded server of its own with `--offers` offers (PostgreSQL writes them itself), then
prints the median and the slowest of each search, in process, the processor time that it takes
(what is left when nothing else runs), and with `--plans` the plan of its
main query. The server is erased at the end unless `--keep` is given.
"""

import argparse
import os
import statistics
import time
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passpro.settings.dev")
PLACE = "bench-catalogue"
RUNS = 9
# A venue has this many offers on average; a bookshop and a festival are what they are.
OFFERS_A_VENUE = 50
# Every seventh offer is a good; the others have this many dates.
DATES = 3
_TITLES = (
    "Le Lac des cygnes", "Concert de jazz", "Nuit du théâtre", "Atelier gravure", "Bal du kiosque",
    "Visite des coulisses", "Festival des Grandes Marées", "Le Malade imaginaire", "Rock en ville",
    "Contes du soir", "Cirque sous la lune", "Récital de piano", "Danse contemporaine",
    "Rencontre avec une autrice", "Fanfare de printemps", "Opéra de quat’sous",
)  # fmt: skip
_WORDS = (
    "océan", "montagne", "lumière", "mémoire", "été", "hiver", "voyage", "silence", "tempête",
    "rivière", "étoile", "jardin", "miroir", "forêt", "aurore", "cendre", "velours", "mosaïque",
)  # fmt: skip
_KINDS = (
    "LIVRE_PAPIER", "SPECTACLE_REPRESENTATION", "CONCERT", "ATELIER_PRATIQUE_ART", "VISITE_GUIDEE",
    "FESTIVAL_MUSIQUE", "RENCONTRE",
)  # fmt: skip
# A description has some sixty words that it shares with the others, and two of its own.
_TELLING = (
    "une soiree entre amis ou en famille pour decouvrir un repertoire rare joue par des artistes "
    "venus de toute la region apres des annees de route rencontre avec l equipe a l issue de la "
    "representation places numerotees bar sur place ouverture des portes une heure avant "
    "restauration legere parking gratuit acces de plain pied tarif reduit sur presentation d un "
    "justificatif reservation conseillee duree une heure trente sans entracte"
)
_SEARCHES = (
    ("new, anywhere", ""),
    ("one word, frequent", "q=concert"),
    ("one word, rare", "q=mosaïque"),
    ("two words, beginnings", "q=conc jaz"),
    ("nothing found", "q=introuvable"),
    ("nearest, 20 km around Brest", "adresse=29200&rayon=20"),
    ("nearest, 100 km around Paris", "lat=48.8566&lon=2.3522&rayon=100"),
    ("nearest, anywhere", "lat=45.76&lon=4.84"),
    ("a word within 50 km", "q=théâtre&lat=45.76&lon=4.84&rayon=50"),
    ("a word, nearest first", "q=danse&lat=45.76&lon=4.84&tri=distance"),
    ("next dates within 50 km", "lat=48.39&lon=-4.49&rayon=50&tri=date"),
    ("next dates, anywhere", "tri=date"),
    ("this month, free", "du={first}&au={last}&gratuit=on"),
    ("books up to 10 €", "groupe=LIVRES&prix=10"),
    ("shows for two within 20 km", "groupe=SPECTACLES&duo=on&lat=43.3&lon=5.37&rayon=20"),
)


def start(place: str = PLACE) -> None:
    from passpro import embedded

    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    embedded.use(place)
    django.setup()


def fill(count: int) -> None:
    """One structure, offer, tariff and stock made by Django, then copied in SQL."""
    from django.core.management import call_command
    from django.db import connection

    from offers.models import Offer, PriceCategory, Stock
    from passpro.kernel import clock
    from venues.models import Offerer, Venue

    call_command("migrate", verbosity=0)
    now = clock.now()
    offerer = Offerer.objects.create(
        siren="300000007", name="Banc", status="VALIDATED", validated_at=now
    )
    venue = Venue.objects.create(offerer=offerer, siret="30000000700015", name="Banc")
    offer = Offer.objects.create(
        venue=venue, subcategory_id="CONCERT", title="Modèle", validation="APPROVED",
        is_active=True, publication_at=now, validated_at=now, description="Une soirée. " * 40,
    )  # fmt: skip
    tariff = PriceCategory.objects.create(offer=offer, label="Tarif", price_cents=0)
    stock = Stock.objects.create(
        offer=offer, price_category=tariff, price_cents=0, quantity=50,
        beginning_at=now + timedelta(days=1), booking_limit_at=now + timedelta(days=1),
    )  # fmt: skip
    places = max(count // OFFERS_A_VENUE, 10)
    titles, words, kinds = _array(_TITLES), _array(_WORDS), _array(_KINDS)
    title = (
        f"({titles})[1 + n % {len(_TITLES)}] || ' – ' || ({words})[1 + (n / 7) % {len(_WORDS)}]"
        f" || ' ' || n"
    )
    plain = f"translate(lower({title}), 'éèêàâîïôûç’–', 'eeeaaiiouc  ')"
    with connection.cursor() as cursor:
        _copy(cursor, Offerer, offerer, places, siren="lpad((400000000 + n)::text, 9, '0')",
              name="'Structure ' || n")  # fmt: skip
        first_offerer = _first(cursor, Offerer, offerer)
        # Spread over the mainland, half of them around twenty towns.
        _copy(
            cursor, Venue, venue, places,
            offerer_id=f"{first_offerer} + n - 1",
            siret="lpad((400000000 + n)::text, 9, '0') || '00012'",
            name="'Salle ' || n", city="'Ville ' || n % 400",
            # One venue in fifty is in Brest, whose far west the spread below does not reach.
            latitude="CASE WHEN n % 50 = 7 THEN 48.39 + 0.05 * sin(n) ELSE "
                     "43.2 + 5.6 * CASE WHEN n % 2 = 0 THEN (n % 20) / 20.0 "
                     "+ 0.03 * sin(n) ELSE ((n * 7919) % 1000) / 1000.0 END END",
            longitude="CASE WHEN n % 50 = 7 THEN -4.49 + 0.05 * cos(n) ELSE "
                      "-1.2 + 7.2 * CASE WHEN n % 2 = 0 THEN ((n % 20) * 7 % 20) / 20.0 "
                      "+ 0.03 * cos(n) ELSE ((n * 104729) % 1000) / 1000.0 END END",
        )  # fmt: skip
        first_venue = _first(cursor, Venue, venue)
        _copy(
            cursor, Offer, offer, count,
            venue_id=f"{first_venue} + n % {places}", title=title,
            subcategory_id=f"({kinds})[1 + n % {len(_KINDS)}]",
            is_duo="n % 3 = 0",
            search_text=f"{plain} || ' | salle ' || (n % {places}) || ' ville ' || (n % 400)"
                        f" || ' ' || lower(({kinds})[1 + n % {len(_KINDS)}]) || ' | {_TELLING} '"
                        f" || ({words})[1 + (n / 11) % {len(_WORDS)}] || ' mot' || n % 5000",
            publication_at="t.publication_at - (n % 500000) * interval '1 minute'",
        )  # fmt: skip
        first = _first(cursor, Offer, offer)
        _copy(cursor, PriceCategory, tariff, count, offer_id=f"{first} + n - 1",
              price_cents="(n % 10) * 400")  # fmt: skip
        first_tariff = _first(cursor, PriceCategory, tariff)
        event = f"n % {len(_KINDS)} <> 0"
        for date in range(DATES):
            begins = (
                f"CASE WHEN {event} THEN t.beginning_at + ((n * 37 + {date} * 9973) % 86400) "
                "* interval '2 minutes' END"
            )
            only = event if date else "true"
            _copy(
                cursor, Stock, stock, count, only,
                offer_id=f"{first} + n - 1", beginning_at=begins, booking_limit_at=begins,
                price_category_id=f"CASE WHEN {event} THEN {first_tariff} + n - 1 END",
                price_cents="(n % 10) * 400",
                booked_quantity="CASE WHEN n % 11 = 0 THEN 50 ELSE 3 END",
            )  # fmt: skip
        cursor.execute("VACUUM ANALYZE")


def _array(words: tuple[str, ...]) -> str:
    return "ARRAY[" + ", ".join(f"'{word}'" for word in words) + "]"


def _copy(
    cursor: Any, model: Any, like: Any, count: int, only: str = "true", **columns: str
) -> None:
    """`count` copies of a row; `columns` are SQL over `n` (from 1) and the row `t`."""
    fields = [f for f in model._meta.concrete_fields if not f.primary_key and not f.generated]
    names = [field.column for field in fields]
    values = [f"{columns.get(name, 't.' + name)}" for name in names]
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608
        f" FROM {model._meta.db_table} t, generate_series(1, {count}) AS n"
        f" WHERE t.id = {like.pk} AND {only} ORDER BY n"
    )


def _first(cursor: Any, model: Any, like: Any) -> int:
    cursor.execute(f"SELECT min(id) FROM {model._meta.db_table} WHERE id > {like.pk}")  # noqa: S608
    return int(cursor.fetchone()[0])


def measure(*, plans: bool) -> None:
    """Median and slowest of each search: identifiers, then the offers and figures of a page."""
    from django.conf import settings
    from django.db import connection
    from django.http import QueryDict
    from django.test.utils import CaptureQueriesContext

    from offers import finding
    from offers.cards import cards
    from offers.catalogue_filter import CatalogueFilter
    from passpro.kernel import clock

    settings.DEBUG = False
    today = clock.today()
    days = {"first": f"{today:%Y-%m-%d}", "last": f"{today + timedelta(days=30):%Y-%m-%d}"}
    now, medians, spent = clock.now(), [], []
    print(
        f"{'search':<34}{'found':>7}{'median':>11}{'slowest':>10}{'Python':>10}{'PostgreSQL':>10}"
    )
    for name, query in _SEARCHES:
        asked = QueryDict(query.format(**days))

        def run(asked: QueryDict = asked) -> list[int]:
            form = CatalogueFilter(asked)
            ids = finding.found(form, now, most=finding.MOST + 1)
            cards(finding.offers_in_order(ids[:20]), now, form.position)
            return ids

        run()
        times, before = [], processor_time()
        for _ in range(RUNS):
            began = time.perf_counter()
            ids = run()
            times.append((time.perf_counter() - began) * 1000)
        python, server = (
            (y - x) * 1000 / RUNS for x, y in zip(before, processor_time(), strict=True)
        )
        medians.append(statistics.median(times))
        spent.append(python + server)
        print(
            f"{name:<34}{len(ids):>7}{medians[-1]:>8.1f} ms{max(times):>7.1f} ms"
            f"{python:>7.1f} ms{server:>7.1f} ms"
        )
        if plans:
            with CaptureQueriesContext(connection) as seen:
                finding.found(CatalogueFilter(asked), now, most=finding.MOST + 1)
            main = max(
                (query for query in seen.captured_queries if "SELECT" in query["sql"]),
                key=lambda query: float(query["time"]),
            )
            with finding.walking_indexes(), connection.cursor() as cursor:
                if "ts_rank" in main["sql"]:
                    cursor.execute("SET LOCAL enable_indexscan = off")
                cursor.execute("EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) " + main["sql"])
                print("\n".join("    " + row[0] for row in cursor.fetchall()) + "\n")
    print(f"{'median of the searches':<41}{statistics.median(medians):>8.1f} ms")
    print(f"{'median of their processor time':<41}{statistics.median(spent):>8.1f} ms")


def processor_time() -> tuple[float, float]:
    """Seconds spent by this process and by its PostgreSQL backend: what a loaded machine hides."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(") ")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return time.process_time(), ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the server full")
    parser.add_argument("--again", action="store_true", help="measure a server left full")
    asked = parser.parse_args()
    start()
    if not asked.again:
        began = time.perf_counter()
        fill(asked.offers)
        print(f"{asked.offers} offers in {time.perf_counter() - began:.0f} s")
    print("load:", " ".join(f"{load:.1f}" for load in os.getloadavg()))
    measure(plans=asked.plans)
    if not asked.keep:
        from passpro import embedded

        embedded.erase(embedded.CHECKOUT, PLACE)


if __name__ == "__main__":
    main()
