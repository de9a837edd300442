"""`python -m bench.finance`: a fortnight priced, batched and invoiced at volume.

Needs an empty, migrated database (DATABASE_URL): PostgreSQL fills it by copying one venue, its
account, its offer and its bookings. Prints, for each step, seconds and the peak memory of Python;
beside pricing, the bare SQL of the same sums; at the end the nightly control, which must be empty.
"""

import argparse
import math
import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passpro.settings.dev")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from bench.data import ALPHABET, build  # noqa: E402
from finance import inconsistencies  # noqa: E402
from finance.cutoffs import latest_cutoff  # noqa: E402
from finance.documents import store_invoice_pdf  # noqa: E402
from finance.enums import BankAccountStatus  # noqa: E402
from finance.models import (  # noqa: E402
    BankAccount,
    BankAccountStatusHistory,
    Invoice,
    Pricing,
    VenueBankAccountLink,
)
from finance.services.batch import make_batch  # noqa: E402
from finance.services.collect_events import collect_events  # noqa: E402
from finance.services.invoice import generate_invoices  # noqa: E402
from finance.services.price_events import price_events  # noqa: E402
from finance.services.review import accept_batch  # noqa: E402
from passpro.kernel import clock  # noqa: E402
from passpro.kernel.actor import Actor  # noqa: E402

PEOPLE = 40
_LETTERS = " || ".join(
    f"substr('{ALPHABET}', (((n + 100) / {len(ALPHABET) ** power}) % {len(ALPHABET)})::int + 1, 1)"
    for power in range(6)
)


def copies(table: str, count: int, columns: dict[str, str]) -> str:
    """INSERT … SELECT of `count` copies of a row; `columns`: SQL of those that change (n: 1…)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
    values = ", ".join(columns.get(name, f'src."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {table} ({listed}) SELECT {values}"  # noqa: S608 - names of the catalogue
        f" FROM {table} src, generate_series(1, {count}) n WHERE src.id = %(one)s ORDER BY n"
    )


def fill(venues: int, each: int) -> None:
    """`venues` structures of one venue and one account, `each` used bookings a venue."""
    stage = build(people=PEOPLE, stocks=1, bookings=1)
    now = clock.now()
    venue = stage.offerer.venues.get()
    account = BankAccount.objects.create(
        offerer=stage.offerer,
        label="Compte",
        iban="FR7630006000011234567890189",
        bic="AGRIFRPP",
        rib="rib/bench.pdf",
        dossier_number="B0",
        status=BankAccountStatus.ACCEPTED,
        decided_at=now,
    )
    BankAccountStatusHistory.objects.create(
        bank_account=account, status=account.status, actor_kind="SYSTEM", actor_label="Banc"
    )
    link = VenueBankAccountLink.objects.create(venue=venue, bank_account=account, opened_by="Banc")
    stock = stage.stocks[0]
    long_ago = "now() - interval '400 days'"
    steps: list[tuple[str, int, int, dict[str, str]]] = [
        ("venues_offerer", stage.offerer.pk, venues, {"siren": "lpad((400000000 + n)::text, 9)"}),
        (
            "venues_venue",
            venue.pk,
            venues,
            {
                "siret": "(400000000 + n)::text || '00015'",
                "offerer_id": f"{stage.offerer.pk} + n",
                "created_at": long_ago,
            },
        ),
        (
            "finance_bankaccount",
            account.pk,
            venues,
            {"offerer_id": f"{stage.offerer.pk} + n", "dossier_number": "'B' || n"},
        ),
        (
            "finance_bankaccountstatushistory",
            account.status_history.get().pk,
            venues,
            {"bank_account_id": f"{account.pk} + n", "started_at": long_ago},
        ),
        (
            "finance_venuebankaccountlink",
            link.pk,
            venues,
            {
                "venue_id": f"{venue.pk} + n",
                "bank_account_id": f"{account.pk} + n",
                "started_at": long_ago,
            },
        ),
        ("offers_offer", stock.offer_id, venues, {"venue_id": f"{venue.pk} + n"}),
        (
            "offers_stock",
            stock.pk,
            venues,
            {"offer_id": f"{stock.offer_id} + n", "quantity": "NULL", "price_cents": "1250"},
        ),
    ]
    with connection.cursor() as cursor:
        for table, one, count, columns in steps:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {one})")
            cursor.execute(f"DELETE FROM {table} WHERE id > {one}")  # noqa: S608
            cursor.execute(copies(table, count, columns), {"one": one})
        cursor.execute("SELECT min(id) FROM bookings_booking")
        first = cursor.fetchone()[0]
        people = [person.pk for person in stage.people]
        deposits = dict(
            stage.people[0]
            .__class__.objects.filter(pk__in=people)
            .values_list("pk", "deposits__pk")
        )
        used = latest_cutoff(now) - timedelta(days=2)
        cursor.execute(
            copies(
                "bookings_booking",
                venues * each,
                {
                    "stock_id": f"{stock.pk} + 1 + (n - 1) / {each}",
                    "offer_id": f"{stock.offer_id} + 1 + (n - 1) / {each}",
                    "venue_id": f"{venue.pk} + 1 + (n - 1) / {each}",
                    "offerer_id": f"{stage.offerer.pk} + 1 + (n - 1) / {each}",
                    "beneficiary_id": f"(%(people)s::bigint[])[1 + n %% {PEOPLE}]",
                    "deposit_id": f"(%(deposits)s::bigint[])[1 + n %% {PEOPLE}]",
                    "amount_cents": "1250",
                    "countermark": _LETTERS.replace("%", "%%"),
                    "status": "'USED'",
                    "used_at": "%(used)s::timestamptz + n * interval '1 millisecond'",
                    "validated_by": "'OFFERER'",
                },
            ),
            {
                "one": first,
                "used": used,
                "people": people,
                "deposits": [deposits[pk] for pk in people],
            },
        )
        cursor.execute(
            "INSERT INTO bookings_bookingtransition"
            " (booking_id, before, after, at, actor_kind, actor_label, why)"
            " SELECT id, 'CONFIRMED', 'USED', used_at, 'SYSTEM', 'Banc', '' FROM bookings_booking"
            " WHERE status = 'USED'"
        )
        cursor.execute("ANALYZE")


def step(name: str, run: Callable[[], object]) -> None:
    start = time.perf_counter()
    outcome = run()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<28} {seconds:8.2f} s {memory:7.0f} Mo  {outcome}", flush=True)


_BARE_WRITES = """
    CREATE TEMP TABLE bench_lines AS
    SELECT p.id, part.category, part.cents FROM finance_pricing p
    CROSS JOIN LATERAL (VALUES ('A', p.amount_cents), ('B', 0)) part (category, cents)
"""
_BARE_CASHFLOWS = """
    SELECT l.bank_account_id, SUM(p.amount_cents) FROM finance_pricing p
    JOIN finance_venuebankaccountlink l ON l.venue_id = p.venue_id GROUP BY 1
"""
_BARE_LINES = """
    SELECT link.cashflow_id, p.rule_code, SUM(l.amount_cents) FROM finance_cashflowpricing link
    JOIN finance_pricing p ON p.id = link.pricing_id
    JOIN finance_pricingline l ON l.pricing_id = p.id GROUP BY 1, 2
"""


def bare_sums() -> str:
    """The sums that pricing and batch cannot do without, alone: ordered revenue by venue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(revenue) FROM (SELECT sum(amount_cents * quantity) OVER"
            " (PARTITION BY venue_id ORDER BY used_at, id) AS revenue FROM bookings_booking"
            " WHERE status = 'USED') s"
        )
        return str(cursor.fetchone()[0])


def silence_queues() -> None:
    """The cents are measured, not the queue: documents are asked for but not drawn."""
    from finance.services import batch, invoice

    batch.make_batch_files_task.delay = lambda *args: None  # type: ignore[method-assign]
    invoice.ask_invoice_pdfs_task.delay = lambda *args: None  # type: ignore[method-assign]
    invoice.make_batch_files_task.delay = lambda *args: None  # type: ignore[method-assign]


def draw(count: int) -> str:
    """The first justificatifs, one by one as a worker does; the first one reads the fonts."""
    seconds = []
    for pk in Invoice.objects.order_by("pk").values_list("pk", flat=True)[: count + 1]:
        start = time.perf_counter()
        store_invoice_pdf(pk)
        seconds.append(time.perf_counter() - start)
    warm = sorted(seconds[1:]) or seconds
    return f"médiane {statistics.median(warm) * 1000:.0f} ms, premier {seconds[0] * 1000:.0f} ms"


def bare(name: str, sql: str) -> None:
    """The SQL that a step contains, alone, beside it."""
    with connection.cursor() as cursor:
        step(f"  SQL nu : {name}", lambda: cursor.execute(sql))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venues", type=int, default=30_000)
    parser.add_argument("--each", type=int, default=34, help="réservations par lieu")
    parser.add_argument("--bookings", type=int, help="en tout : au plus près de --each par lieu")
    parser.add_argument("--pdfs", type=int, default=20, help="justificatifs à dessiner")
    options = parser.parse_args()
    if options.bookings:
        options.each = math.ceil(options.bookings / options.venues)
    if options.each > PEOPLE:
        parser.error(f"--each: {PEOPLE} au plus")
    settings.CELERY_TASK_ALWAYS_EAGER = False
    now, by = clock.now(), Actor.job("Banc")
    silence_queues()
    print(f"{options.venues} lieux, {options.venues * options.each} réservations")
    step("remplissage", lambda: fill(options.venues, options.each))
    step("SQL nu : cumuls", bare_sums)
    step("collecte", lambda: collect_events(now=now))
    step("valorisation", lambda: price_events(now=now))
    bare("écrire les lignes", _BARE_WRITES)
    made = {}

    def batch() -> str:
        made["batch"] = make_batch(now=now, by=by)
        return f"{made['batch'].cashflows.count()} virements"

    step("lot", batch)
    bare("sommes par compte", _BARE_CASHFLOWS)
    settings.BATCH_SECOND_PERSON_ABOVE_CENTS = 10**15
    accept_batch(batch_id=made["batch"].pk, now=now, by=by)
    step("justificatifs", lambda: generate_invoices(batch_id=made["batch"].pk, now=now, by=by))
    bare("sommes par taux", _BARE_LINES)
    step(f"{options.pdfs} PDF", lambda: draw(options.pdfs))
    step("encore une fois", lambda: [collect_events(now=now), price_events(now=now)])
    step("contrôle de nuit", lambda: inconsistencies.control(now=now))
    print("sans justificatif :", Pricing.objects.exclude(status="INVOICED").count())


if __name__ == "__main__":
    main()
