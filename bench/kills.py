"""`python -m bench.kills`: kill the process at random moments of each step, run it again, compare.

Needs an empty, migrated database (DATABASE_URL) whose server may make others beside it. For each
step (collect, price, batch, justificatifs): the state before it is kept as a template; a child
plays the step and dies by SIGKILL at a random moment; another one plays it to the end; every cent,
state, number and message must be those of an undisturbed run.
"""

import argparse
import hashlib
import os
import random
import signal
import time
from collections.abc import Callable
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passpro.settings.dev")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from bench.finance import fill, silence_queues  # noqa: E402
from finance.models import CashflowBatch  # noqa: E402
from finance.services.batch import make_batch  # noqa: E402
from finance.services.collect_events import collect_events  # noqa: E402
from finance.services.invoice import generate_invoices  # noqa: E402
from finance.services.price_events import price_events  # noqa: E402
from finance.services.review import accept_batch  # noqa: E402
from passpro.kernel import clock  # noqa: E402
from passpro.kernel.actor import Actor  # noqa: E402

BY = Actor.job("Banc")
# All that two runs must have in common; ids, instants of writing, tokens and cipher texts apart.
PICTURE = {
    "events": "SELECT booking_id, motive, status, value_at, ordering_at FROM finance_financeevent",
    "pricings": "SELECT booking_id, amount_cents, rule_code, revenue_cents, status"
    " FROM finance_pricing",
    "lines": "SELECT p.booking_id, l.category, l.amount_cents FROM finance_pricingline l"
    " JOIN finance_pricing p ON p.id = l.pricing_id",
    "pricing logs": "SELECT p.booking_id, l.before, l.after, l.reason FROM finance_pricinglog l"
    " JOIN finance_pricing p ON p.id = l.pricing_id",
    "batches": "SELECT label, cutoff_at, status, cashflow_count, pricing_count, sum_cents,"
    " transfer_sha256 FROM finance_cashflowbatch",
    "cashflows": "SELECT bank_account_id, amount_cents, status, end_to_end_id"
    " FROM finance_cashflow",
    "links": "SELECT c.bank_account_id, p.booking_id FROM finance_cashflowpricing l"
    " JOIN finance_cashflow c ON c.id = l.cashflow_id"
    " JOIN finance_pricing p ON p.id = l.pricing_id",
    "invoices": "SELECT reference, bank_account_id, amount_cents FROM finance_invoice",
    "invoice lines": "SELECT i.reference, l.label, l.rate, l.contribution_cents, l.reimbursed_cents"
    " FROM finance_invoiceline l JOIN finance_invoice i ON i.id = l.invoice_id",
    "counters": "SELECT name, year, next_number FROM finance_referencescheme",
    "bookings": "SELECT id, status, frozen_at IS NULL, reimbursed_at FROM bookings_booking",
    "transitions": "SELECT booking_id, before, after FROM bookings_bookingtransition",
    "messages": "SELECT event, recipient FROM kernel_outboxmessage",
}


def picture() -> dict[str, str]:
    """{what: fingerprint of its sorted rows}."""
    found = {}
    with connection.cursor() as cursor:
        for name, sql in PICTURE.items():
            cursor.execute(sql)
            rows = sorted(map(str, cursor.fetchall()))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def _batch(now: datetime) -> None:
    batch = CashflowBatch.objects.first()
    if batch is None or batch.status == "GENERATING":
        make_batch(now=now, by=BY)


def _invoices(now: datetime) -> None:
    batch = CashflowBatch.objects.get()
    if batch.status == "UNDER_REVIEW":
        accept_batch(batch_id=batch.pk, now=now, by=BY)
    if batch.status != "INVOICED":
        generate_invoices(batch_id=batch.pk, now=now, by=BY)


STEPS: dict[str, Callable[[datetime], object]] = {
    "collecte": lambda now: collect_events(now=now),
    "valorisation": lambda now: price_events(now=now),
    "lot": _batch,
    "justificatifs": _invoices,
}


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def remake(name: str, template: str) -> None:
    """The database `name` again, as a copy of `template`."""
    use("postgres")
    with connection.cursor() as cursor:
        # Servers of those who died may still be closing.
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    use(name)


def play(step: str, now: datetime, *, killed_after: float | None = None) -> bool:
    """In a child; True when it died before the end."""
    connection.close()
    child = os.fork()
    if not child:
        code = 1
        try:
            STEPS[step](now)
            code = 0
        finally:
            os._exit(code)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise RuntimeError(f"{step} failed by itself")
    return False


def kill_step(step: str, before: str, scratch: str, kills: int, now: datetime) -> int:
    """Kill `kills` times; answers how many runs then differed from the undisturbed one."""
    remake(scratch, before)
    start = time.perf_counter()
    play(step, now)
    seconds = time.perf_counter() - start
    expected = picture()
    done = different = 0
    while done < kills:
        remake(scratch, before)
        if not play(step, now, killed_after=random.uniform(0, seconds)):
            continue
        done += 1
        play(step, now)
        wrong = [name for name, found in picture().items() if found != expected[name]]
        if wrong:
            different += 1
            print(f"  {step} : {', '.join(wrong)} diffèrent", flush=True)
    print(f"{step:<16} {seconds:6.2f} s, {done} morts, {different} écarts", flush=True)
    return different


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venues", type=int, default=60)
    parser.add_argument("--each", type=int, default=6, help="réservations par lieu")
    parser.add_argument("--kills", type=int, default=100, help="par étape")
    options = parser.parse_args()
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.BATCH_SECOND_PERSON_ABOVE_CENTS = 10**15
    silence_queues()
    now = clock.now()
    home = str(connection.settings_dict["NAME"])
    scratch, before = f"{home}_killed", f"{home}_before"
    fill(options.venues, options.each)
    from finance.services import batch, invoice

    batch.ACCOUNTS_PER_TRANSACTION = invoice.ACCOUNTS_PER_TRANSACTION = 5
    remake(before, home)
    different = 0
    for step in STEPS:
        different += kill_step(step, before, scratch, options.kills, now)
        remake(scratch, before)
        play(step, now)
        remake(before, scratch)
    use("postgres")
    with connection.cursor() as cursor:
        for name in (scratch, before):
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    use(home)
    raise SystemExit(1 if different else 0)


if __name__ == "__main__":
    main()
