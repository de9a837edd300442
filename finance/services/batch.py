"""Make a batch: price once more, one cashflow per account, then the transfer file (§9–§11).

Each step is its own transaction and looks at what is already done: a worker killed anywhere is
followed by the same call, which goes on and ends with the same cents.
"""

import hashlib
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction
from django.db.models import F, Max

from bookings.models import Booking
from bookings.services.reimburse import freeze_for_reimbursement
from finance import transitions
from finance.cutoffs import latest_cutoff
from finance.enums import BatchStatus, CashflowStatus, PricingLogReason, PricingStatus
from finance.exceptions import BatchUnfinished, CutoffInFuture, CutoffNotAfterLatest
from finance.models import BankAccount, Cashflow, CashflowBatch, CashflowBatchLog
from finance.services.bank_answers import pay_again
from finance.services.collect_events import collect_under_lock
from finance.services.locks import money_run
from finance.services.owing import note_owing, owes_now
from finance.services.price_events import price_under_lock
from finance.tasks import make_batch_files_task
from finance.transfer_file import build_transfer_files, pack
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError

logger = logging.getLogger(__name__)

LOCK_TRIES = 3

# §10.1 and §14.5: used before the cut-off, event begun (incidents: always), and the account of
# the venue at the cut-off: its link, else the structure's default; accepted then and still now.
_PAYABLE = """
    FROM finance_pricing p
    JOIN finance_financeevent e ON e.id = p.event_id
    LEFT JOIN bookings_booking b ON b.id = p.booking_id AND b.status = 'USED'
    LEFT JOIN offers_stock s ON s.id = b.stock_id
    LEFT JOIN collective_collectivebooking school
        ON school.id = p.collective_booking_id AND school.status = 'USED'
    LEFT JOIN collective_collectivestock lesson ON lesson.id = school.stock_id
    JOIN venues_venue v ON v.id = p.venue_id
    LEFT JOIN finance_venuebankaccountlink l ON l.venue_id = p.venue_id
        AND l.started_at <= %(cutoff)s AND (l.ended_at IS NULL OR l.ended_at > %(cutoff)s)
    LEFT JOIN finance_offererdefaultaccount d ON l.id IS NULL AND d.offerer_id = v.offerer_id
        AND d.started_at <= %(cutoff)s AND (d.ended_at IS NULL OR d.ended_at > %(cutoff)s)
    JOIN finance_bankaccount a ON a.id = COALESCE(l.bank_account_id, d.bank_account_id)
        AND a.status = 'ACCEPTED' AND a.is_active
    WHERE p.status = 'VALIDATED' AND p.value_at < %(cutoff)s
      AND (b.id IS NOT NULL OR school.id IS NOT NULL OR e.incident_item_id IS NOT NULL)
      AND (s.beginning_at IS NULL OR s.beginning_at < %(cutoff)s)
      AND (lesson.ends_at IS NULL OR lesson.ends_at < %(cutoff)s)
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


class _VenueOwes(_LeaveForNextBatch):
    """More to take back than to pay: it waits for the venue's next payments (§10.3)."""

    def __init__(self, pricing_ids: list[int]) -> None:
        super().__init__("the venue owes us")
        self.pricing_ids = pricing_ids


# Accounts of one transaction; one that cannot be paid is found by halving.
ACCOUNTS_PER_TRANSACTION = 500


@dataclass(frozen=True, slots=True)
class _Payable:
    account_id: int
    pricing_id: int
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
        groups = _accounts_to_pay(batch)
        _expect(batch, sum(map(len, groups)))
        for account_ids in groups:
            _pay_accounts(batch, account_ids, now=now, by=by)
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


def _accounts_to_pay(batch: CashflowBatch) -> list[list[int]]:
    """List what enters once, in a table of this connection; answers the accounts by groups.

    An account that owes us is alone: it waits (§10.3) without holding the others back.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS finance_payable")
        cursor.execute(
            f"""
            CREATE TEMP TABLE finance_payable AS
            SELECT a.id AS account_id, p.id AS pricing_id, p.booking_id, p.amount_cents {_PAYABLE}
            """,
            {"cutoff": batch.cutoff_at},
        )
        cursor.execute("CREATE INDEX ON finance_payable (account_id)")
        cursor.execute("CREATE UNIQUE INDEX ON finance_payable (pricing_id)")
        cursor.execute("ANALYZE finance_payable")
        cursor.execute(
            """
            SELECT account_id, SUM(amount_cents) > 0 FROM finance_payable
            GROUP BY account_id ORDER BY account_id
            """
        )
        rows = cursor.fetchall()
    usual = [account for account, owes in rows if not owes]
    groups = [
        usual[start : start + ACCOUNTS_PER_TRANSACTION]
        for start in range(0, len(usual), ACCOUNTS_PER_TRANSACTION)
    ]
    return [*groups, *([account] for account, owes in rows if owes)]


def _expect(batch: CashflowBatch, accounts: int) -> None:
    """For the progress; resumed, what is done counts too."""
    CashflowBatch.objects.filter(pk=batch.pk).update(
        accounts_expected=F("cashflow_count") + accounts
    )


def _pay_accounts(
    batch: CashflowBatch, account_ids: list[int], *, now: datetime, by: Actor
) -> None:
    """An error on one account never stops the others (§10.2-5): the group is halved around it."""
    without: list[int] = []
    tries = LOCK_TRIES
    try:
        while True:
            try:
                _make_cashflows(batch, account_ids, without, now=now, by=by)
                return
            except _UsedAgain as found:
                without = [*without, *found.pricing_ids]
            except OperationalError:  # deadlock or lock wait: a fortnight is too long for that
                tries -= 1
                if not tries:
                    raise
    except Exception as error:
        if len(account_ids) > 1:
            middle = len(account_ids) // 2
            for half in (account_ids[:middle], account_ids[middle:]):
                _pay_accounts(batch, half, now=now, by=by)
        elif isinstance(error, _VenueOwes):
            note_owing(error.pricing_ids, batch, will_ask=False, now=now, by=by)
        elif isinstance(error, _LeaveForNextBatch):
            logger.error(
                "An account was left for the next batch: %s.",
                error,
                extra={"batch": batch.pk, "bank_account": account_ids[0], **error.ids},
            )
        else:
            logger.exception(
                "An account could not be paid.",
                extra={"batch": batch.pk, "bank_account": account_ids[0]},
            )


@transaction.atomic
def _make_cashflows(
    batch: CashflowBatch,
    account_ids: list[int],
    without: list[int],
    *,
    now: datetime,
    by: Actor,
) -> None:
    """Freeze the bookings, look again, write the cashflows, mark the pricings (§10.2)."""
    wanted = _pricings_to_pay(account_ids, without)
    bookings = Booking.objects.filter(pricings__in=wanted)
    freeze_for_reimbursement(bookings=bookings, now=now, by=by)
    _hold_school_bookings(wanted)
    kept = _read_frozen(wanted)
    used_again = [row.pricing_id for row in kept if not row.is_steady]
    if used_again:
        raise _UsedAgain(used_again)
    wrong = [row.pricing_id for row in kept if row.revenue_line_cents != -row.total_cents]
    if wrong:
        raise _LeaveForNextBatch("lines differ from the bookings", pricings=wrong)
    if not kept:
        return
    totals: Counter[int] = Counter()
    for row in kept:
        totals[row.account_id] += row.amount_cents
    owing = [pk for pk, total in totals.items() if total > 0]
    if owing and not owes_now(owing, [row.pricing_id for row in kept], now=now):
        raise _VenueOwes([row.pricing_id for row in kept])
    # All free: no cashflow (D-4); a fixed amount may pay a free booking.
    paid = {row.account_id for row in kept if row.total_cents or row.amount_cents}
    if owing:
        note_owing([row.pricing_id for row in kept], batch, will_ask=True, now=now, by=by)
    _write_cashflows(batch, {pk: totals[pk] for pk in sorted(paid)}, kept, now)
    CashflowBatch.objects.filter(pk=batch.pk).update(
        cashflow_count=F("cashflow_count") + len(paid),
        pricing_count=F("pricing_count") + len(kept),
        sum_cents=F("sum_cents") + sum(totals[pk] for pk in paid),
    )
    pricing_ids = [row.pricing_id for row in kept]
    moved = transitions.move_pricings(
        pricing_ids,
        PricingStatus.PROCESSED,
        reason=PricingLogReason.CASHFLOW_GENERATED,
        now=now,
    )
    if moved != len(pricing_ids):
        raise _LeaveForNextBatch("a pricing changed meanwhile", pricings=pricing_ids)


def _pricings_to_pay(account_ids: list[int], without: list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pricing_id FROM finance_payable
            WHERE account_id = ANY(%s) AND pricing_id <> ALL(%s) ORDER BY pricing_id
            """,
            [account_ids, without],
        )
        return [row[0] for row in cursor.fetchall()]


def _hold_school_bookings(pricing_ids: list[int]) -> None:
    """The team cancels one before it is looked at again, or finds it in the batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT b.id FROM collective_collectivebooking b
            WHERE b.id IN (
                SELECT p.collective_booking_id
                FROM unnest(%s::bigint[]) AS asked (id) JOIN finance_pricing p ON p.id = asked.id)
            ORDER BY b.id FOR NO KEY UPDATE
            """,
            [pricing_ids],
        )


def _read_frozen(pricing_ids: list[int]) -> list[_Payable]:
    """Pricings whose booking is frozen now; steady = still the very use that was priced.

    Joined with the list: `= ANY(list)` is compared whole for each row once there are thousands.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.account_id, p.id, p.amount_cents,
                   COALESCE(b.amount_cents::bigint * b.quantity, -revenue.cents), revenue.cents,
                   b.id IS NULL OR b.used_at = p.value_at
            FROM unnest(%s::bigint[]) AS asked (id)
            JOIN finance_pricing p ON p.id = asked.id
            JOIN finance_payable t ON t.pricing_id = asked.id
            JOIN finance_financeevent e ON e.id = p.event_id
            LEFT JOIN bookings_booking b ON b.id = p.booking_id
                AND b.status = 'USED' AND b.frozen_at IS NOT NULL
            LEFT JOIN collective_collectivebooking school
                ON school.id = p.collective_booking_id AND school.status = 'USED'
            CROSS JOIN LATERAL (
                SELECT COALESCE(SUM(line.amount_cents), 0)::bigint AS cents
                FROM finance_pricingline line
                WHERE line.pricing_id = p.id AND line.category = 'OFFERER_REVENUE') revenue
            WHERE p.status = 'VALIDATED'
              AND (b.id IS NOT NULL OR school.id IS NOT NULL OR e.incident_item_id IS NOT NULL)
            ORDER BY p.id FOR NO KEY UPDATE OF p
            """,
            [pricing_ids],
        )
        return [_Payable(*row) for row in cursor.fetchall()]


def _write_cashflows(
    batch: CashflowBatch, totals: dict[int, int], kept: list[_Payable], now: datetime
) -> None:
    """One cashflow per account, with the account copied (§1), linked to its pricings."""
    accounts = BankAccount.objects.select_related("offerer").in_bulk(totals)
    cashflows = Cashflow.objects.bulk_create(
        Cashflow(
            batch=batch,
            bank_account=accounts[pk],
            amount_cents=total,
            iban=accounts[pk].iban,
            bic=accounts[pk].bic,
            creditor_name=accounts[pk].offerer.name,
            creditor_siren=accounts[pk].offerer.siren,
            end_to_end_id=f"{batch.label}-{pk}",
            created_at=now,
        )
        for pk, total in totals.items()
    )
    of_account = {cashflow.bank_account_id: cashflow.pk for cashflow in cashflows}
    linked = [row for row in kept if row.account_id in of_account]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finance_cashflowpricing (cashflow_id, pricing_id)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[])",
            [[of_account[row.account_id] for row in linked], [row.pricing_id for row in linked]],
        )
        cursor.execute(
            """
            SELECT c.id FROM finance_cashflow c
            JOIN finance_cashflowpricing link ON link.cashflow_id = c.id
            JOIN finance_pricing p ON p.id = link.pricing_id
            WHERE c.id = ANY(%s) GROUP BY c.id HAVING SUM(p.amount_cents) <> c.amount_cents
            """,
            [list(of_account.values())],
        )
        wrong = [row[0] for row in cursor.fetchall()]
    if wrong:
        raise _LeaveForNextBatch("pricings do not add up to the cashflow", cashflows=wrong)


@transaction.atomic
def _close_generation(batch_id: int, *, now: datetime, by: Actor) -> None:
    """Files, then cashflows and batch UNDER_REVIEW; a missing file never harms the batch."""
    batch = CashflowBatch.objects.lock_for_change(batch_id)
    pay_again(batch)
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
        messages = build_transfer_files(batch)
    except DomainError as refusal:
        logger.error("The transfer file was not made.", extra={"batch": batch.pk})
        messages, batch.transfer_error = [], refusal.message
    if messages:
        name, content = pack(messages, f"{batch.label}-{batch.last_day.isoformat()}")
        name = f"virements/{name}"
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
