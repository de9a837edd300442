"""Batches: what enters, what waits, what is refused (§9, §10)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from bookings.enums import BookingStatus
from finance.cutoffs import latest_cutoff, next_cutoff
from finance.exceptions import (
    BatchUnfinished,
    CutoffInFuture,
    CutoffNotAfterLatest,
    MoneyRunBusy,
)
from finance.models import Cashflow, CashflowBatch, Pricing
from finance.services import batch as module
from finance.services.bank_account import link_venues
from finance.services.batch import make_batch
from finance.services.price_events import collect_and_price
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from tests.finance.factories import (
    BankAccountFactory,
    link_account,
    mark_unused,
    mark_used,
    paid_venue,
    price_point,
    used_booking,
)
from tests.finance.world import CUTOFF, DAY, JOB, NOW, fortnight, old_venue

pytestmark = pytest.mark.django_db


def statuses() -> list[str]:
    return list(Pricing.objects.order_by("booking_id").values_list("status", flat=True))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2024-05-16T05:00+02:00", "2024-05-15T22:00Z"),
        ("2024-05-03T11:00+02:00", "2024-04-30T22:00Z"),
        ("2024-05-16T00:00+02:00", "2024-05-15T22:00Z"),
        ("2024-05-15T23:59:59+02:00", "2024-04-30T22:00Z"),
        ("2024-12-31T23:30Z", "2024-12-31T23:00Z"),
        ("2024-01-10T05:00+01:00", "2023-12-31T23:00Z"),
    ],
)
def test_default_cutoff_is_the_latest_paris_1st_or_16th(now: str, expected: str) -> None:
    assert latest_cutoff(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2024-05-15T12:00+02:00", "2024-05-15T22:00Z"),
        ("2024-05-16T00:00+02:00", "2024-05-31T22:00Z"),
        ("2024-12-20T12:00+01:00", "2024-12-31T23:00Z"),
    ],
)
def test_the_running_fortnight_ends_at_the_next_cutoff(now: str, expected: str) -> None:
    assert next_cutoff(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_one_cashflow_per_account_with_the_account_copied() -> None:
    world = fortnight()

    batch = make_batch(now=NOW, by=JOB)

    assert (batch.label, batch.status, batch.cutoff_at) == ("VIR1", "UNDER_REVIEW", CUTOFF)
    # 19 990,00 at 100 %, 81,50 at 95 % = 77,43; the book 18,55; VOD and free pay nothing.
    assert list(batch.cashflows.values_list("bank_account", "amount_cents", "iban")) == [
        (world.accounts[0].pk, -(19_990_00 + 77_43), world.accounts[0].iban),
        (world.accounts[1].pk, -18_55, world.accounts[1].iban),
    ]
    assert statuses() == ["PROCESSED"] * 6 + ["VALIDATED"]
    for booking in world.bookings[:6]:
        booking.refresh_from_db()
        assert booking.frozen_at == NOW
    world.bookings[6].refresh_from_db()
    assert world.bookings[6].frozen_at is None


def test_the_bound_is_strict_and_the_event_must_have_begun() -> None:
    venue = old_venue()
    paid_venue(venue)
    second = timedelta(seconds=1)
    used_booking(venue=venue, used_at=CUTOFF - second, cents=1_00)
    used_booking(venue=venue, used_at=CUTOFF, cents=2_00)
    used_booking(venue=venue, used_at=DAY, beginning_at=CUTOFF - second, cents=4_00)
    used_booking(venue=venue, used_at=DAY, beginning_at=CUTOFF, cents=8_00)

    make_batch(now=NOW, by=JOB)

    assert Cashflow.objects.get().amount_cents == -5_00
    later = make_batch(now=NOW + timedelta(days=16), by=JOB)
    assert (later.label, later.cashflows.get().amount_cents) == ("VIR2", -10_00)


def test_without_account_the_money_waits_and_is_caught_up() -> None:
    venue = old_venue()
    price_point(venue)
    used_booking(venue=venue, used_at=DAY, cents=5_00)

    assert not make_batch(now=NOW, by=JOB).cashflows.exists()
    assert statuses() == ["VALIDATED"]

    account = BankAccountFactory(offerer=venue.offerer)
    link_account(venue, account, since=NOW)
    assert make_batch(now=NOW + timedelta(days=16), by=JOB).cashflows.get().amount_cents == -5_00


@pytest.mark.parametrize("accepted", [True, False])
def test_a_link_at_the_cutoff_counts_and_its_account_must_be_accepted(accepted: bool) -> None:
    venue = old_venue()
    price_point(venue)
    account = BankAccountFactory(offerer=venue.offerer, draft=not accepted)
    link_account(venue, account, since=CUTOFF)
    used_booking(venue=venue, used_at=DAY, cents=5_00)

    make_batch(now=NOW, by=JOB)

    assert Cashflow.objects.exists() is accepted


def test_a_link_opened_after_the_cutoff_waits_for_the_next_batch() -> None:
    venue = old_venue()
    price_point(venue)
    link_account(
        venue, BankAccountFactory(offerer=venue.offerer), since=CUTOFF + timedelta(hours=1)
    )
    used_booking(venue=venue, used_at=DAY, cents=5_00)

    assert not make_batch(now=NOW, by=JOB).cashflows.exists()


def test_the_default_account_pays_venues_without_link_only() -> None:
    linked = old_venue()
    own = paid_venue(linked)
    other = old_venue(offerer=linked.offerer)
    default = BankAccountFactory(offerer=linked.offerer)
    with clock.at(DAY):
        link_venues(
            offerer_id=linked.offerer_id,
            bank_account_id=default.pk,
            venue_ids=set(),
            as_default=True,
            by=SYSTEM,
        )
    used_booking(venue=linked, used_at=DAY, cents=5_00)
    used_booking(venue=other, used_at=DAY, cents=3_00)

    make_batch(now=NOW, by=JOB)

    assert set(Cashflow.objects.values_list("bank_account", "amount_cents")) == {
        (own.pk, -5_00),
        (default.pk, -3_00),
    }


def test_a_total_of_zero_gives_a_cashflow_of_zero_and_no_transfer() -> None:
    venue = old_venue()
    paid_venue(venue)
    used_booking(venue=venue, used_at=DAY, cents=12_00, subcategory="VOD")

    batch = make_batch(now=NOW, by=JOB)

    assert batch.cashflows.get().amount_cents == 0
    assert (batch.transfer_file.name, batch.transfer_error) == ("", "")


def test_a_wrong_line_leaves_the_account_for_later_and_pays_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = fortnight()
    collect_and_price(now=NOW)
    wrong = world.bookings[1]
    wrong.amount_cents += 1
    wrong.save()

    batch = make_batch(now=NOW, by=JOB)

    assert list(batch.cashflows.values_list("bank_account", flat=True)) == [world.accounts[1].pk]
    assert "lines differ from the bookings" in caplog.text
    wrong.refresh_from_db()
    assert wrong.frozen_at is None


def test_a_booking_used_again_meanwhile_does_not_hold_up_its_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The desk takes a validation back and gives it again between pricing and freezing."""
    world = fortnight()
    real = module._accounts_to_pay

    def racing(batch: CashflowBatch) -> list[int]:
        found = real(batch)
        mark_unused(world.bookings[1], NOW - timedelta(minutes=2))
        mark_used(world.bookings[1], NOW - timedelta(minutes=1))
        return found

    monkeypatch.setattr(module, "_accounts_to_pay", racing)
    batch = make_batch(now=NOW, by=JOB)

    assert batch.cashflows.first().amount_cents == -19_990_00
    world.bookings[1].refresh_from_db()
    assert (world.bookings[1].status, world.bookings[1].frozen_at) == (BookingStatus.USED, None)
    monkeypatch.setattr(module, "_accounts_to_pay", real)
    later = make_batch(now=NOW + timedelta(days=16), by=JOB)
    assert later.cashflows.get(bank_account=world.accounts[0]).amount_cents == -77_43


def test_a_booking_taken_back_meanwhile_is_not_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    world = fortnight()
    real = module._accounts_to_pay

    def racing(batch: CashflowBatch) -> list[int]:
        found = real(batch)
        mark_unused(world.bookings[0], NOW - timedelta(minutes=2))
        return found

    monkeypatch.setattr(module, "_accounts_to_pay", racing)
    batch = make_batch(now=NOW, by=JOB)

    assert batch.cashflows.first().amount_cents == -77_43


def test_refused_cutoffs() -> None:
    with pytest.raises(CutoffInFuture):
        make_batch(now=NOW, by=JOB, cutoff_at=NOW + timedelta(seconds=1))
    make_batch(now=NOW, by=JOB)
    for cutoff in (None, CUTOFF, CUTOFF - timedelta(days=1)):
        with pytest.raises(CutoffNotAfterLatest):
            make_batch(now=NOW, by=JOB, cutoff_at=cutoff)


def test_a_broken_batch_is_finished_first() -> None:
    broken = CashflowBatch.objects.create(cutoff_at=CUTOFF, number=7, label="VIR7")
    with pytest.raises(BatchUnfinished):
        make_batch(now=NOW, by=JOB, cutoff_at=NOW)

    assert make_batch(now=NOW, by=JOB).pk == broken.pk
    assert make_batch(now=NOW + timedelta(days=16), by=JOB).label == "VIR8"


@pytest.mark.parametrize(("failures", "paid"), [(2, 2), (3, 1)])
def test_a_lock_that_was_busy_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, failures: int, paid: int
) -> None:
    fortnight()
    monkeypatch.setattr(module, "ACCOUNTS_PER_TRANSACTION", 1)
    real, calls = module._write_cashflows, []

    def busy(*args: Any) -> None:
        calls.append(args)
        if len(calls) <= failures:
            raise OperationalError("deadlock detected")
        real(*args)

    monkeypatch.setattr(module, "_write_cashflows", busy)

    assert make_batch(now=NOW, by=JOB).cashflows.count() == paid


def test_in_a_group_only_the_account_that_fails_waits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = fortnight()
    bad = world.accounts[1].pk
    real = module._write_cashflows

    def failing(batch: Any, totals: dict[int, int], *args: Any) -> None:
        if bad in totals:
            raise RuntimeError("boom")
        real(batch, totals, *args)

    monkeypatch.setattr(module, "_write_cashflows", failing)
    batch = make_batch(now=NOW, by=JOB)

    assert [c.bank_account_id for c in batch.cashflows.all()] == [world.accounts[0].pk]
    alone = [r for r in caplog.records if r.message == "An account could not be paid."]
    assert [r.bank_account for r in alone] == [bad]
    assert not world.bookings[3].__class__.objects.get(pk=world.bookings[3].pk).frozen_at


@pytest.mark.parametrize(
    ("cutoff", "first", "last"),
    [
        ("2026-05-15T22:00Z", "2026-05-01", "2026-05-15"),
        ("2026-05-31T22:00Z", "2026-05-16", "2026-05-31"),
        ("2026-03-09T23:00Z", "2026-03-01", "2026-03-09"),
    ],
)
def test_the_period_shown(cutoff: str, first: str, last: str) -> None:
    batch = CashflowBatch(cutoff_at=datetime.fromisoformat(cutoff).astimezone(UTC))

    assert (batch.first_day.isoformat(), batch.last_day.isoformat()) == (first, last)


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_is_refused_while_a_batch_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    fortnight()
    real = module._open_or_resume

    def slow(*args: Any, **kwargs: Any) -> CashflowBatch:
        def other_worker() -> None:
            try:
                with pytest.raises(MoneyRunBusy):
                    make_batch(now=NOW, by=JOB)
                with pytest.raises(MoneyRunBusy):
                    collect_and_price(now=NOW)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(other_worker).result(timeout=20)
        return real(*args, **kwargs)

    monkeypatch.setattr(module, "_open_or_resume", slow)

    make_batch(now=NOW, by=JOB)

    assert CashflowBatch.objects.count() == 1
    assert Cashflow.objects.count() == 2
