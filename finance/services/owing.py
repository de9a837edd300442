"""Accounts that owe more than they receive: wait for the next payments, or a debit note (§10.3)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from finance import transitions
from finance.enums import CashflowStatus
from finance.models import Cashflow, CashflowBatch, FinanceIncident
from passpro.kernel.actor import Actor

# Whole days since the account's last accepted payment.
PATIENCE_DAYS = 90


def owes_now(account_ids: list[int], pricing_ids: list[int], *, now: datetime) -> bool:
    """A debit note is due: forced by an incident, or no payment for 90 days."""
    if _incidents(pricing_ids).filter(forces_debit_note=True).exists():
        return True
    accepted = Cashflow.objects.filter(bank_account__in=account_ids, status=CashflowStatus.ACCEPTED)
    last = accepted.aggregate(last=Max("created_at"))["last"]
    return last is not None and (now - last).days >= PATIENCE_DAYS


def _incidents(pricing_ids: list[int]) -> "QuerySet[FinanceIncident]":
    return FinanceIncident.objects.filter(
        items__finance_events__pricings__in=pricing_ids
    ).distinct()


@transaction.atomic
def note_owing(
    pricing_ids: list[int], batch: CashflowBatch, *, will_ask: bool, now: datetime, by: Actor
) -> None:
    """One line in the history of each incident and batch: what happens to its money."""
    words = "une note de débit sera émise" if will_ask else "en attente du prochain remboursement"
    why = f"{batch.label} : {words}"
    for incident in _incidents(pricing_ids).exclude(logs__why=why).order_by("pk"):
        transitions.note_incident(incident, now=now, by=by, why=why)
