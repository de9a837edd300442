"""Make a batch: price once more, one cashflow per account, then the transfer file (§9–§11).

Each step is its own transaction and looks at what is already done: a worker killed anywhere is
followed by the same call, which goes on and ends with the same cents.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction
from django.db.models import Max

from bookings.models import Booking
from bookings.services.reimburse import freeze_for_reimbursement
from finance import transitions
from finance.cutoffs import latest_cutoff
from finance.enums import BatchStatus, CashflowStatus, PricingLogReason, PricingStatus
from finance.exceptions import BatchUnfinished, CutoffInFuture, CutoffNotAfterLatest
from finance.models import BankAccount, Cashflow, CashflowBatch, CashflowBatchLog
from finance.services.collect_events import collect_under_lock
from finance.services.locks import money_run
from finance.services.price_events import price_under_lock
from finance.tasks import make_batch_files_task
from finance.transfer_file import build_transfer_file
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError

logger = logging.getLogger(__name__)

LOCK_TRIES = 3

# §10.1 and §14.5: used before the cut-off, event begun, and the account of the venue at the
# cut-off: its link, else the structure's default; accepted then and still accepted now.
_PAYABLE = """
    FROM finance_pricing p
    JOIN bookings_booking b ON b.id = p.booking_id AND b.status = 'USED'
    JOIN offers_stock s ON s.id = b.stock_id
    JOIN venues_venue v ON v.id = p.venue_id
    LEFT JOIN finance_venuebankaccountlink l ON l.venue_id = p.venue_id
        AND l.started_at <= %(cutoff)s AND (l.ended_at IS NULL OR l.ended_at > %(cutoff)s)
    LEFT JOIN finance_offererdefaultaccount d ON l.id IS NULL AND d.offerer_id = v.offerer_id
        AND d.started_at <= %(cutoff)s AND (d.ended_at IS NULL OR d.ended_at > %(cutoff)s)
    JOIN finance_bankaccount a ON a.id = COALESCE(l.bank_account_id, d.bank_account_id)
        AND a.status = 'ACCEPTED' AND a.is_active
    WHERE p.status = 'VALIDATED' AND p.value_at < %(cutoff)s
      AND (s.beginning_at IS NULL OR s.beginning_at < %(cutoff)s)
      AND NOT EXISTS (SELECT 1 FROM finance_cashflowpricing c WHERE c.pricing_id = p.id)
      AND EXISTS (
          SELECT 1 FROM finance_bankaccountstatushistory h
          WHERE h.bank_account_id = a.id AND h.status = 'ACCEPTED'
            AND h.started_at <= %(cutoff)s AND (h.ended_at IS NULL OR h.ended_at > %(cutoff)s))
"""


class _UsedAgain(Exception):
    """Bookings undone and validated again meanwhile: their new use is collected by the next run."""

    def __init__(self, pricing_ids: list[int]) -> None:
        super().__init__("used again")
        self.pricing_ids = pricing_ids


class _LeaveForNextBatch(Exception):
    """This account is undone and waits; the reason is logged with ids."""

    def __init__(self, reason: str, **ids: Any) -> None:
        super().__init__(reason)
        self.ids = ids


@dataclass(frozen=True, slots=True)
class _Payable:
    pricing_id: int
    booking_id: int
    amount_cents: int
    total_cents: int
    revenue_line_cents: int
    is_steady: bool


def make_batch(
    *, now: datetime, by: Actor, cutoff_at: datetime | None = None, why: str = ""
) -> CashflowBatch:
    """Make the batch of a cut-off (default: the latest 1st or 16th), or finish the broken one.

    Raises CutoffInFuture, CutoffNotAfterLatest, BatchUnfinished (another cut-off was asked while
    one is half done), MoneyRunBusy. The batch ends UNDER_REVIEW, its bookings are frozen; `why`
    is kept in its history.
    """
    with money_run():
        collect_under_lock(now=now)
        price_under_lock(now=now)
        batch = _open_or_resume(cutoff_at, now=now, by=by, why=why)
        for account_id in _accounts_to_pay(batch):
            _pay_account(batch, account_id, now=now, by=by)
        _close_generation(batch.pk, now=now, by=by)
    batch.refresh_from_db()
    return batch


@transaction.atomic
def _open_or_resume(
    cutoff_at: datetime | None, *, now: datetime, by: Actor, why: str
) -> CashflowBatch:
    unfinished: CashflowBatch | None = CashflowBatch.objects.unfinished().first()
    if unfinished is not None:
        if cutoff_at is not None and cutoff_at != unfinished.cutoff_at:
            raise BatchUnfinished
        return unfinished
    cutoff_at = cutoff_at or latest_cutoff(now)
    if cutoff_at > now:
        raise CutoffInFuture
    last = CashflowBatch.objects.aggregate(cutoff=Max("cutoff_at"), number=Max("number"))
    if last["cutoff"] is not None and cutoff_at <= last["cutoff"]:
        raise CutoffNotAfterLatest
    number = (last["number"] or 0) + 1
    batch = CashflowBatch.objects.create(
        cutoff_at=cutoff_at, number=number, label=f"VIR{number}", created_at=now
    )
    CashflowBatchLog.objects.create(
        batch=batch, after=batch.status, at=now, why=why, **by.as_columns()
    )
    return batch


def _accounts_to_pay(batch: CashflowBatch) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT a.id {_PAYABLE} ORDER BY a.id",
            {"cutoff": batch.cutoff_at},
        )
        return [row[0] for row in cursor.fetchall()]


def _pay_account(batch: CashflowBatch, account_id: int, *, now: datetime, by: Actor) -> None:
    """An error on one account never stops the others (§10.2-5)."""
    without: list[int] = []
    tries = LOCK_TRIES
    try:
        while True:
            try:
                _make_cashflow(batch, account_id, without, now=now, by=by)
                return
            except _UsedAgain as found:
                without = [*without, *found.pricing_ids]
            except OperationalError:  # deadlock or lock wait: a fortnight is too long for that
                tries -= 1
                if not tries:
                    raise
    except _LeaveForNextBatch as reason:
        logger.error(
            "An account was left for the next batch: %s.",
            reason,
            extra={"batch": batch.pk, "bank_account": account_id, **reason.ids},
        )
    except Exception:
        logger.exception(
            "An account could not be paid.", extra={"batch": batch.pk, "bank_account": account_id}
        )


@transaction.atomic
def _make_cashflow(
    batch: CashflowBatch, account_id: int, without: list[int], *, now: datetime, by: Actor
) -> None:
    """Freeze the bookings, look again, write the cashflow, mark the pricings (§10.2)."""
    wanted = [pk for pk in _pricings_to_pay(batch, account_id) if pk not in without]
    bookings = Booking.objects.filter(pricings__in=wanted)
    freeze_for_reimbursement(bookings=bookings, now=now, by=by)
    kept = _read_frozen(wanted)
    used_again = [row.pricing_id for row in kept if not row.is_steady]
    if used_again:
        raise _UsedAgain(used_again)
    wrong = [row.pricing_id for row in kept if row.revenue_line_cents != -row.total_cents]
    if wrong:
        raise _LeaveForNextBatch("lines differ from the bookings", pricings=wrong)
    if not kept:
        return
    total = sum(row.amount_cents for row in kept)
    if total > 0:  # overpayments, which wait for the next bookings (§10.3)
        raise _LeaveForNextBatch("the venue owes us", amount_cents=total)
    pricing_ids = [row.pricing_id for row in kept]
    # All free: no cashflow (D-4); a fixed amount may pay a free booking.
    if any(row.total_cents or row.amount_cents for row in kept):
        _write_cashflow(batch, account_id, total, pricing_ids, now)
    moved = transitions.move_pricings(
        pricing_ids,
        PricingStatus.PROCESSED,
        reason=PricingLogReason.CASHFLOW_GENERATED,
        now=now,
    )
    if moved != len(pricing_ids):
        raise _LeaveForNextBatch("a pricing changed meanwhile", pricings=pricing_ids)


def _pricings_to_pay(batch: CashflowBatch, account_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id {_PAYABLE} AND a.id = %(account)s ORDER BY p.id",
            {"cutoff": batch.cutoff_at, "account": account_id},
        )
        return [row[0] for row in cursor.fetchall()]


def _read_frozen(pricing_ids: list[int]) -> list[_Payable]:
    """Pricings whose booking is frozen now; steady = still the very use that was priced."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, p.booking_id, p.amount_cents, b.amount_cents::bigint * b.quantity,
                   (SELECT COALESCE(SUM(line.amount_cents), 0) FROM finance_pricingline line
                    WHERE line.pricing_id = p.id AND line.category = 'OFFERER_REVENUE')::bigint,
                   b.used_at = p.value_at
            FROM finance_pricing p JOIN bookings_booking b ON b.id = p.booking_id
            WHERE p.id = ANY(%s) AND p.status = 'VALIDATED'
              AND b.status = 'USED' AND b.frozen_at IS NOT NULL
            ORDER BY p.id FOR NO KEY UPDATE OF p
            """,
            [pricing_ids],
        )
        return [_Payable(*row) for row in cursor.fetchall()]


def _write_cashflow(
    batch: CashflowBatch, account_id: int, total: int, pricing_ids: list[int], now: datetime
) -> None:
    """One cashflow with the account copied (§1), linked to its pricings; checks the sum."""
    account = BankAccount.objects.select_related("offerer").get(pk=account_id)
    cashflow = Cashflow.objects.create(
        batch=batch,
        bank_account=account,
        amount_cents=total,
        iban=account.iban,
        bic=account.bic,
        creditor_name=account.offerer.name,
        creditor_siren=account.offerer.siren,
        end_to_end_id=f"{batch.label}-{account.pk}",
        created_at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finance_cashflowpricing (cashflow_id, pricing_id)"
            " SELECT %s, unnest(%s::bigint[])",
            [cashflow.pk, pricing_ids],
        )
        cursor.execute(
            """
            SELECT COALESCE(SUM(p.amount_cents), 0) FROM finance_cashflowpricing c
            JOIN finance_pricing p ON p.id = c.pricing_id WHERE c.cashflow_id = %s
            """,
            [cashflow.pk],
        )
        linked = int(cursor.fetchone()[0])
    if linked != total:
        raise _LeaveForNextBatch("pricings do not add up to the cashflow", linked=linked)


@transaction.atomic
def _close_generation(batch_id: int, *, now: datetime, by: Actor) -> None:
    """Files, then cashflows and batch UNDER_REVIEW; a missing file never harms the batch."""
    batch = CashflowBatch.objects.lock_for_change(batch_id)
    store_transfer_file(batch)
    pending = list(
        batch.cashflows.filter(status=CashflowStatus.PENDING).values_list("pk", flat=True)
    )
    transitions.move_cashflows(pending, CashflowStatus.UNDER_REVIEW, now=now)
    transitions.move_batch(batch, BatchStatus.UNDER_REVIEW, now=now, by=by)
    transaction.on_commit(partial(make_batch_files_task.delay, batch.pk), robust=True)


def store_transfer_file(batch: CashflowBatch) -> None:
    """Build and keep the transfer file with its SHA-256, or the reason why there is none."""
    batch.transfer_error, batch.transfer_sha256 = "", ""
    try:
        content = build_transfer_file(batch)
    except DomainError as refusal:
        logger.error("The transfer file was not made.", extra={"batch": batch.pk})
        content, batch.transfer_error = None, refusal.message
    if content is not None:
        name = f"virements/{batch.label}-{batch.last_day.isoformat()}.xml"
        default_storage.delete(name)  # left by a worker that died before its commit
        batch.transfer_file.name = default_storage.save(name, ContentFile(content))
        batch.transfer_sha256 = hashlib.sha256(content).hexdigest()
    batch.save(update_fields=["transfer_file", "transfer_sha256", "transfer_error"])


@transaction.atomic
def remake_transfer_file(*, batch_id: int, by: Actor) -> CashflowBatch:
    """Staff: make the file again, with the same transactions and ids (§11.4)."""
    batch = CashflowBatch.objects.lock_for_change(batch_id)
    if batch.status == BatchStatus.GENERATING:
        raise BatchUnfinished
    store_transfer_file(batch)
    return batch
