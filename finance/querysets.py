"""Named reads and locks of finance.

Lock order: bookings first (bookings.services), then pricing point, event, pricing, batch, cashflow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Sum

from finance.cutoffs import next_cutoff
from finance.encryption import fingerprint
from finance.enums import (
    CLOSED_ACCOUNT_STATUSES,
    BankAccountStatus,
    BatchStatus,
    IncidentStatus,
    PricingStatus,
)
from passpro.kernel import clock
from venues.enums import MembershipStatus

if TYPE_CHECKING:
    from finance.models import (
        BankAccount,
        BookingFinanceIncident,
        CashflowBatch,
        FinanceIncident,
        Pricing,
        ReturnedTransfer,
    )
    from passpro.accounts.models import User
    from venues.models import Offerer


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

    def of_iban(self, iban: str) -> "BankAccountQuerySet":
        """Encrypted: found by its fingerprint."""
        return self.filter(iban_fingerprint=fingerprint(iban))

    def lock_for_change(self, pk: int) -> "BankAccount":
        return cast("BankAccount", self.select_for_update(of=("self",), no_key=True).get(pk=pk))


class FinanceEventQuerySet(models.QuerySet):
    def live(self) -> "FinanceEventQuerySet":
        return self.filter(status__in=["PENDING", "READY", "PRICED"])


@dataclass(frozen=True, slots=True)
class MoneyToCome:
    """What validated bookings will bring, in cents; positive = to receive."""

    validated_cents: int
    validated_count: int
    in_transfer_cents: int
    in_transfer_count: int
    next_transfer_on: date

    @property
    def total_cents(self) -> int:
        return self.validated_cents + self.in_transfer_cents

    @property
    def total_count(self) -> int:
        return self.validated_count + self.in_transfer_count


class PricingQuerySet(models.QuerySet):
    def live(self) -> "PricingQuerySet":
        return self.exclude(status=PricingStatus.CANCELLED)

    def visible_to(self, user: "User") -> "PricingQuerySet":
        return self.filter(attached(user, "venue__offerer"))

    def paid_for(self, items: Iterable["BookingFinanceIncident"]) -> "PricingQuerySet":
        """Of the bookings of these incidents, what was paid."""
        items = list(items)
        individual = [item.booking_id for item in items if item.booking_id]
        collective = [item.collective_booking_id for item in items if item.collective_booking_id]
        return self.invoiced().filter(
            Q(booking__in=individual) | Q(collective_booking__in=collective)
        )

    def invoiced(self) -> "PricingQuerySet":
        return self.filter(status=PricingStatus.INVOICED)

    def to_come(self) -> "PricingQuerySet":
        """Validated, or in a batch without its justificatif yet."""
        return self.filter(status__in=[PricingStatus.VALIDATED, PricingStatus.PROCESSED])

    def before(self, pricing: "Pricing") -> "PricingQuerySet":
        """Those above it in the order of `with_list_data`."""
        same = Q(value_at=pricing.value_at, pk__gt=pricing.pk)
        return self.filter(Q(value_at__gt=pricing.value_at) | same)

    def with_subjects(self) -> "PricingQuerySet":
        """With the booking paid or corrected, its offer and the rule."""
        return self.select_related(
            "event__incident_item__booking__offer",
            "event__incident_item__collective_booking__stock__offer",
            "booking__offer",
            "collective_booking__stock__offer",
            "custom_rule",
            "venue",
        )

    def with_list_data(self) -> "PricingQuerySet":
        """Newest use first, with what a line of « Détails » shows."""
        return (
            self.with_subjects()
            .select_related("cashflow_link__cashflow__batch", "cashflow_link__cashflow__invoice")
            .order_by("-value_at", "-pk")
        )

    def money_to_come(self, offerers: "models.QuerySet[Offerer]", *, now: datetime) -> MoneyToCome:
        """Validated and not yet paid, for these structures: waiting, and already in a batch.

        The next transfer is made at the end of the running fortnight (§9). One query.
        """
        waiting, taken = Q(status=PricingStatus.VALIDATED), Q(status=PricingStatus.PROCESSED)
        sums = self.filter(waiting | taken, venue__offerer__in=offerers.order_by().values("pk"))
        found = sums.aggregate(
            validated=Sum("amount_cents", filter=waiting),
            validated_count=Count("pk", filter=waiting),
            taken=Sum("amount_cents", filter=taken),
            taken_count=Count("pk", filter=taken),
        )
        return MoneyToCome(
            validated_cents=-(found["validated"] or 0),
            validated_count=found["validated_count"],
            in_transfer_cents=-(found["taken"] or 0),
            in_transfer_count=found["taken_count"],
            next_transfer_on=clock.paris_day(next_cutoff(now)),
        )


class IncidentQuerySet(models.QuerySet):
    def to_validate(self) -> "IncidentQuerySet":
        return self.filter(status=IncidentStatus.CREATED)

    def with_money(self) -> "IncidentQuerySet":
        """With the number of bookings, by how much they are lowered, and what is still unpaid."""
        all_events = apps.get_model("finance", "FinanceEvent").objects
        paid = all_events.filter(pk=OuterRef("pk"), pricings__status=PricingStatus.INVOICED)
        unpaid = all_events.filter(incident_item__incident=OuterRef("pk")).filter(~Exists(paid))
        return self.annotate(
            bookings_count=Count("items"),
            old_cents=Sum("items__old_total_cents"),
            new_cents=Sum("items__new_total_cents"),
            is_unpaid=Exists(unpaid),
        )

    def lock_for_change(self, pk: int) -> "FinanceIncident":
        return cast("FinanceIncident", self.select_for_update(of=("self",), no_key=True).get(pk=pk))


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


class ReturnedTransferQuerySet(models.QuerySet):
    def waiting(self) -> "ReturnedTransferQuerySet":
        return self.filter(paid_again_in=None)

    def lock_all(self) -> "ReturnedTransferQuerySet":
        return self.select_for_update(of=("self",), no_key=True)

    def lock_for_change(self, pk: int) -> "ReturnedTransfer":
        return cast("ReturnedTransfer", self.lock_all().get(pk=pk))


class InvoiceQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "InvoiceQuerySet":
        return self.filter(attached(user, "bank_account__offerer"))

    def with_list_data(self) -> "InvoiceQuerySet":
        return self.select_related("bank_account", "batch")

    def dated_between(self, start: datetime, end: datetime) -> "InvoiceQuerySet":
        """Document date in [start, end[."""
        return self.filter(created_at__gte=start, created_at__lt=end)
