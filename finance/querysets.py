"""Named reads and locks of finance.

Lock order: bookings first (bookings.services), then pricing point, event, pricing, batch, cashflow.
"""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db import models
from django.db.models import Q

from finance.enums import CLOSED_ACCOUNT_STATUSES, BankAccountStatus, BatchStatus, PricingStatus
from venues.enums import MembershipStatus

if TYPE_CHECKING:
    from finance.models import BankAccount, CashflowBatch
    from passpro.accounts.models import User


def attached(user: "User", prefix: str) -> Q:
    """The person is validly attached to the structure found through `prefix` (§18.4)."""
    return Q(
        **{
            f"{prefix}__memberships__user": user,
            f"{prefix}__memberships__status": MembershipStatus.VALIDATED,
            f"{prefix}__is_active": True,
        }
    )


class PeriodQuerySet(models.QuerySet):
    def at(self, moment: datetime) -> "PeriodQuerySet":
        """Periods that contain the instant (start included, end excluded)."""
        return self.filter(
            Q(ended_at__isnull=True) | Q(ended_at__gt=moment), started_at__lte=moment
        )

    def open(self) -> "PeriodQuerySet":
        return self.filter(ended_at__isnull=True)


class BankAccountQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "BankAccountQuerySet":
        return self.filter(attached(user, "offerer"))

    def shown(self) -> "BankAccountQuerySet":
        """§18.3: cards of the portal."""
        return self.filter(is_active=True).exclude(status__in=CLOSED_ACCOUNT_STATUSES)

    def accepted(self) -> "BankAccountQuerySet":
        return self.filter(is_active=True, status=BankAccountStatus.ACCEPTED)

    def lock_for_change(self, pk: int) -> "BankAccount":
        return cast("BankAccount", self.select_for_update(of=("self",), no_key=True).get(pk=pk))


class FinanceEventQuerySet(models.QuerySet):
    def live(self) -> "FinanceEventQuerySet":
        return self.filter(status__in=["PENDING", "READY", "PRICED"])


class PricingQuerySet(models.QuerySet):
    def live(self) -> "PricingQuerySet":
        return self.exclude(status=PricingStatus.CANCELLED)

    def visible_to(self, user: "User") -> "PricingQuerySet":
        return self.filter(attached(user, "venue__offerer"))


class CashflowBatchQuerySet(models.QuerySet):
    def latest_first(self) -> "CashflowBatchQuerySet":
        return self.order_by("-number")

    def unfinished(self) -> "CashflowBatchQuerySet":
        return self.filter(status=BatchStatus.GENERATING)

    def lock_for_change(self, pk: int) -> "CashflowBatch":
        return cast("CashflowBatch", self.select_for_update(of=("self",), no_key=True).get(pk=pk))


class CashflowQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "CashflowQuerySet":
        return self.filter(attached(user, "bank_account__offerer"))


class InvoiceQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "InvoiceQuerySet":
        return self.filter(attached(user, "bank_account__offerer"))

    def with_list_data(self) -> "InvoiceQuerySet":
        return self.select_related("bank_account", "batch")

    def dated_between(self, start: datetime, end: datetime) -> "InvoiceQuerySet":
        """Document date in [start, end[."""
        return self.filter(created_at__gte=start, created_at__lt=end)
