"""The only writer of the status columns of finance, with their history.

Sets are moved in one statement: finance works on whole fortnights, not on one row at a time.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from finance.enums import (
    BankAccountStatus,
    BatchStatus,
    CashflowStatus,
    EventStatus,
    IncidentStatus,
    PricingLogReason,
    PricingStatus,
)
from finance.models import (
    BankAccount,
    BankAccountStatusHistory,
    CashflowBatch,
    CashflowBatchLog,
    FinanceIncident,
    FinanceIncidentLog,
)
from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition

_WAITING = {
    BankAccountStatus.ON_GOING,
    BankAccountStatus.WITH_PENDING_CORRECTIONS,
    BankAccountStatus.ACCEPTED,
    BankAccountStatus.REFUSED,
    BankAccountStatus.WITHOUT_CONTINUATION,
}
ACCOUNT_TRANSITIONS: dict[str, set[BankAccountStatus]] = {
    BankAccountStatus.DRAFT: _WAITING,
    BankAccountStatus.ON_GOING: _WAITING - {BankAccountStatus.ON_GOING},
    BankAccountStatus.WITH_PENDING_CORRECTIONS: _WAITING
    - {BankAccountStatus.WITH_PENDING_CORRECTIONS},
    BankAccountStatus.ACCEPTED: {
        BankAccountStatus.REFUSED,
        BankAccountStatus.WITHOUT_CONTINUATION,
    },
    BankAccountStatus.REFUSED: set(),
    BankAccountStatus.WITHOUT_CONTINUATION: set(),
}
EVENT_TRANSITIONS: dict[str, set[EventStatus]] = {
    EventStatus.PENDING: {EventStatus.READY, EventStatus.CANCELLED},
    EventStatus.READY: {EventStatus.PRICED, EventStatus.CANCELLED, EventStatus.PENDING},
    EventStatus.PRICED: {EventStatus.READY, EventStatus.CANCELLED},
    EventStatus.CANCELLED: set(),
    EventStatus.NOT_TO_BE_PRICED: set(),
}
PRICING_TRANSITIONS: dict[str, set[PricingStatus]] = {
    PricingStatus.PENDING: {PricingStatus.VALIDATED, PricingStatus.CANCELLED},
    PricingStatus.VALIDATED: {PricingStatus.PROCESSED, PricingStatus.CANCELLED},
    PricingStatus.REJECTED: {PricingStatus.CANCELLED},
    PricingStatus.CANCELLED: set(),
    PricingStatus.PROCESSED: {PricingStatus.INVOICED},
    PricingStatus.INVOICED: set(),
}
CASHFLOW_TRANSITIONS: dict[str, set[CashflowStatus]] = {
    CashflowStatus.PENDING: {CashflowStatus.UNDER_REVIEW},
    CashflowStatus.UNDER_REVIEW: {CashflowStatus.ACCEPTED},
    CashflowStatus.ACCEPTED: set(),
}
BATCH_TRANSITIONS: dict[str, set[BatchStatus]] = {
    BatchStatus.GENERATING: {BatchStatus.UNDER_REVIEW},
    BatchStatus.UNDER_REVIEW: {BatchStatus.ACCEPTED},
    BatchStatus.ACCEPTED: {BatchStatus.INVOICED},
    BatchStatus.INVOICED: set(),
}


INCIDENT_TRANSITIONS: dict[str, set[IncidentStatus]] = {
    IncidentStatus.CREATED: {IncidentStatus.VALIDATED, IncidentStatus.CANCELLED},
    IncidentStatus.VALIDATED: set(),
    IncidentStatus.CANCELLED: set(),
}


def _sources(table: dict[str, Any], to: str) -> list[str]:
    return [str(before) for before, allowed in table.items() if to in allowed]


def move_account(
    account: BankAccount,
    to: BankAccountStatus,
    *,
    now: datetime,
    by: Actor,
    why: str = "",
    **facts: Any,
) -> None:
    """Write the state and open its period; the same state again writes nothing (§14.1)."""
    if account.status == to:
        return
    if to not in ACCOUNT_TRANSITIONS[account.status]:
        raise ForbiddenTransition(account, to)
    account.status = to
    for name, value in facts.items():
        setattr(account, name, value)
    account.save(update_fields=["status", *facts])
    account.status_history.filter(ended_at__isnull=True).update(ended_at=now)
    open_account_period(account, now=now, by=by, why=why)


def open_account_period(
    account: BankAccount, *, now: datetime, by: Actor, why: str = ""
) -> BankAccountStatusHistory:
    """First or next period of an account's state."""
    return BankAccountStatusHistory.objects.create(
        bank_account=account, status=account.status, started_at=now, why=why, **by.as_columns()
    )


def move_batch(
    batch: CashflowBatch,
    to: BatchStatus,
    *,
    now: datetime,
    by: Actor,
    why: str = "",
    **facts: Any,
) -> None:
    """The caller holds the batch's row lock."""
    if to not in BATCH_TRANSITIONS[batch.status]:
        raise ForbiddenTransition(batch, to)
    before, batch.status = batch.status, to
    for name, value in facts.items():
        setattr(batch, name, value)
    batch.save(update_fields=["status", *facts])
    CashflowBatchLog.objects.create(
        batch=batch, before=before, after=to, at=now, why=why, **by.as_columns()
    )


def move_incident(
    incident: FinanceIncident,
    to: IncidentStatus,
    *,
    now: datetime,
    by: Actor,
    why: str = "",
    **facts: Any,
) -> None:
    """The caller holds the incident's row lock."""
    if to not in INCIDENT_TRANSITIONS[incident.status]:
        raise ForbiddenTransition(incident, to)
    before, incident.status = incident.status, to
    for name, value in facts.items():
        setattr(incident, name, value)
    incident.save(update_fields=["status", *facts])
    note_incident(incident, now=now, by=by, why=why, before=before)


def note_incident(
    incident: FinanceIncident, *, now: datetime, by: Actor, why: str, before: str | None = None
) -> None:
    """A line of an incident's history; without `before`, its state did not change."""
    FinanceIncidentLog.objects.create(
        incident=incident,
        before=incident.status if before is None else before,
        after=incident.status,
        at=now,
        why=why,
        **by.as_columns(),
    )


def move_events(ids: Iterable[int], to: EventStatus) -> int:
    """Move the listed events that may move; the event's own rows are its history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE finance_financeevent SET status = %s WHERE id = ANY(%s) AND status = ANY(%s)",
            [to, list(ids), _sources(EVENT_TRANSITIONS, to)],
        )
        return int(cursor.rowcount)


def move_pricings(
    ids: Iterable[int], to: PricingStatus, *, reason: PricingLogReason, now: datetime
) -> int:
    """Move the listed pricings that may move, one log row each; answers how many moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH old AS (
                SELECT id, status FROM finance_pricing
                WHERE id = ANY(%(ids)s) AND status = ANY(%(sources)s)
                ORDER BY id FOR NO KEY UPDATE
            ), moved AS (
                UPDATE finance_pricing p SET status = %(to)s FROM old WHERE p.id = old.id
                RETURNING p.id, old.status AS before
            )
            INSERT INTO finance_pricinglog (pricing_id, before, after, reason, at)
            SELECT id, before, %(to)s, %(reason)s, %(now)s FROM moved
            """,
            {
                "ids": list(ids),
                "sources": _sources(PRICING_TRANSITIONS, to),
                "to": str(to),
                "reason": str(reason),
                "now": now,
            },
        )
        return int(cursor.rowcount)


def move_cashflows(ids: Iterable[int], to: CashflowStatus, *, now: datetime) -> int:
    """Move the listed cashflows that may move, one log row each; answers how many moved."""
    return _move_cashflows(dict.fromkeys(ids), to, now=now)


def accept_cashflows(invoice_of: dict[int, int], *, now: datetime) -> int:
    """To ACCEPTED, each with its justificatif."""
    return _move_cashflows({**invoice_of}, CashflowStatus.ACCEPTED, now=now)


def _move_cashflows(invoice_of: dict[int, Any], to: CashflowStatus, *, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH asked AS (
                SELECT * FROM unnest(%(ids)s::bigint[], %(invoices)s::bigint[])
                    AS rows (id, invoice_id)
            ), old AS (
                SELECT c.id, c.status, asked.invoice_id
                FROM finance_cashflow c JOIN asked USING (id)
                WHERE c.status = ANY(%(sources)s)
                ORDER BY c.id FOR NO KEY UPDATE OF c
            ), moved AS (
                UPDATE finance_cashflow c
                SET status = %(to)s, invoice_id = COALESCE(old.invoice_id, c.invoice_id)
                FROM old WHERE c.id = old.id
                RETURNING c.id, old.status AS before
            )
            INSERT INTO finance_cashflowlog (cashflow_id, before, after, at, details)
            SELECT id, before, %(to)s, %(now)s, '{}' FROM moved
            """,
            {
                "ids": list(invoice_of),
                "invoices": list(invoice_of.values()),
                "sources": _sources(CASHFLOW_TRANSITIONS, to),
                "to": str(to),
                "now": now,
            },
        )
        return int(cursor.rowcount)
