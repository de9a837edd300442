"""A worker killed anywhere, then the same calls again: the same cents, nothing twice (§22)."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from finance.models import CashflowBatch
from finance.services import batch, invoice
from tests.finance.world import World, check_sums, fortnight, pay, picture

SCRIPT = """
import os, signal, sys
import django
django.setup()
from finance.services import {module} as module
module.ACCOUNTS_PER_TRANSACTION = 1
real, calls = getattr(module, "{step}"), []
def dying(*args, **kwargs):
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
setattr(module, "{step}", dying)
from tests.finance.world import pay
pay()
"""


class Killed(BaseException):
    """Not an Exception: nothing may catch it, like the death of a process."""


class KillAt:
    """Dies once, just before the n-th statement that writes.

    Reading changes nothing: dying before or after a SELECT is the same as before the next write.
    """

    def __init__(self, number: int) -> None:
        self.number, self.count = number, 0

    def __call__(self, execute: Callable, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if str(sql).split()[0] in {"INSERT", "UPDATE", "DELETE", "WITH"}:
            self.count += 1
            if self.count == self.number:
                raise Killed
        return execute(sql, params, many, context)


def _pay_and_count() -> int:
    counter = KillAt(0)
    with connection.execute_wrapper(counter):
        pay()
    return counter.count


@pytest.fixture(params=[1, 500], ids=["alone", "in groups"])
def group(request: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """Accounts of one transaction: the cents do not depend on it."""
    for module in (batch, invoice):
        monkeypatch.setattr(module, "ACCOUNTS_PER_TRANSACTION", request.param)
    return int(request.param)


@pytest.mark.django_db
def test_killed_before_every_write_and_run_again_gives_the_same_cents(group: int) -> None:
    fortnight()
    with transaction.atomic():
        writes = _pay_and_count()
        expected = picture()
        transaction.set_rollback(True)
    assert writes > 20

    different = []
    for number in range(1, writes + 1):
        with transaction.atomic():
            with pytest.raises(Killed), connection.execute_wrapper(KillAt(number)):
                pay()
            pay()
            if picture() != expected:
                different.append(number)
            transaction.set_rollback(True)

    assert not different


@pytest.mark.django_db
def test_killed_many_times_in_a_row_it_still_arrives(group: int) -> None:
    fortnight()
    with transaction.atomic():
        writes = _pay_and_count()
        expected = picture()
        transaction.set_rollback(True)

    for number in range(3, writes, 3):
        try:
            with connection.execute_wrapper(KillAt(number)):
                pay()
        except Killed:
            continue
        break
    pay()

    assert picture() == expected
    check_sums(CashflowBatch.objects.get())


@pytest.mark.django_db
def test_running_everything_twice_changes_nothing() -> None:
    fortnight()
    pay()
    before = picture()

    pay()

    assert picture() == before


@pytest.fixture
def world(transactional_db: None) -> World:
    return fortnight()


@pytest.mark.parametrize(
    ("module", "step"), [("batch", "_write_cashflows"), ("invoice", "take_references")]
)
def test_a_process_that_really_dies_leaves_no_lock_and_no_half_account(
    world: World, module: str, step: str, tmp_path: Any
) -> None:
    settings = connection.settings_dict
    name, host, port = settings["NAME"], settings["HOST"], settings["PORT"]
    url = f"postgresql://{settings['USER']}@/{name}?host={host}&port={port}"
    died = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(module=module, step=step)],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "passpro.settings.test"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()

    paid = pay()

    assert paid.status == "INVOICED"
    assert sorted(paid.cashflows.values_list("amount_cents", flat=True)) == [-2_006_743, -1_855]
    assert sorted(paid.invoices.values_list("reference", flat=True)) == [
        "F260000001",
        "F260000002",
    ]
    check_sums(paid)
