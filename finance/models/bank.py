"""Bank accounts and who is paid where, with periods that never overlap."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from finance.encryption import EncryptedTextField, fingerprint
from finance.enums import (
    CLOSED_ACCOUNT_STATUSES,
    WAITING_ACCOUNT_STATUSES,
    BankAccountStatus,
)
from finance.querysets import BankAccountQuerySet, PeriodQuerySet
from passpro.kernel import clock
from venues.models import Offerer, Venue


def never_overlap(name: str, column: str, condition: Q | None = None) -> ExclusionConstraint:
    """Periods of one `column` never overlap; also means at most one open period.

    The id is seen as a range of one number: GiST compares ranges without any extension.
    """
    return ExclusionConstraint(
        name=name,
        condition=condition,
        expressions=[
            (
                Func(
                    F(column),
                    F(column),
                    Value("[]"),
                    function="int8range",
                    output_field=BigIntegerRangeField(),
                ),
                "&&",
            ),
            (
                Func(
                    F("started_at"),
                    F("ended_at"),
                    function="tstzrange",
                    output_field=DateTimeRangeField(),
                ),
                "&&",
            ),
        ],
        violation_error_message="Une autre période couvre déjà ces dates.",
    )


def ends_after_start(name: str) -> models.CheckConstraint:
    """A period closed at the instant it was opened is empty: it counts for nobody."""
    return models.CheckConstraint(
        name=name, condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))
    )


class Period(models.Model):
    """[started_at, ended_at[ ; open while ended_at is empty."""

    started_at = models.DateTimeField("depuis", default=clock.now)
    ended_at = models.DateTimeField("jusqu’à", null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["started_at", "pk"]

    def __str__(self) -> str:
        return (
            f"{self.started_at:%d/%m/%Y} → {f'{self.ended_at:%d/%m/%Y}' if self.ended_at else '…'}"
        )


class BankAccount(models.Model):
    """An account filed by an administrator, decided by the team (§14); never edited, replaced."""

    offerer = models.ForeignKey(
        Offerer, verbose_name="structure", on_delete=models.PROTECT, related_name="bank_accounts"
    )
    # Filed for one venue only: accepted, it is linked to it at once (§14.3).
    venue = models.ForeignKey(
        Venue,
        verbose_name="lieu concerné",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="filed_bank_accounts",
    )
    label = models.CharField("intitulé", max_length=100)
    iban = EncryptedTextField("IBAN")
    # Of the IBAN: unique, searched (finance/encryption.py).
    iban_fingerprint = models.CharField("empreinte de l’IBAN", max_length=64, editable=False)
    bic = models.CharField("BIC", max_length=11)
    rib = models.FileField("RIB", max_length=200)
    dossier_number = models.CharField("n° de dossier", max_length=20, unique=True)
    status = models.CharField(
        "état", max_length=24, choices=BankAccountStatus, default=BankAccountStatus.DRAFT
    )
    is_active = models.BooleanField("actif", default=True)
    reason = models.TextField("motif communiqué", blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="déposé par",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    filed_at = models.DateTimeField("déposé le", default=clock.now)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "compte bancaire"
        verbose_name_plural = "comptes bancaires"
        ordering = ["label", "pk"]
        constraints = [
            models.CheckConstraint(
                name="bank_account_iban_fingerprint",
                condition=Q(iban_fingerprint__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="bank_account_bic_shape",
                condition=Q(bic__regex=r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$"),
            ),
            models.CheckConstraint(
                name="bank_account_decided_at_matches_status",
                condition=~Q(status__in=["ACCEPTED", "REFUSED", "WITHOUT_CONTINUATION"])
                | Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="bank_account_once_per_structure",
                fields=["offerer", "iban_fingerprint"],
                condition=Q(is_active=True) & ~Q(status__in=["REFUSED", "WITHOUT_CONTINUATION"]),
                violation_error_message="Ce compte bancaire est déjà enregistré.",
            ),
        ]
        indexes = [
            models.Index(name="bank_account_queue", fields=["status", "filed_at"]),
            models.Index(name="bank_account_of_iban", fields=["iban_fingerprint"]),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.iban_fingerprint = fingerprint(self.iban)
        super().save(*args, **kwargs)

    @property
    def masked_iban(self) -> str:
        """§14.2-4: country and key, then only the last four characters."""
        return mask_iban(self.iban)

    @property
    def is_accepted(self) -> bool:
        return self.status == BankAccountStatus.ACCEPTED

    @property
    def is_waiting(self) -> bool:
        return self.status in WAITING_ACCOUNT_STATUSES

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED_ACCOUNT_STATUSES


def mask_iban(iban: str) -> str:
    """« FR76 •••• •••• 0189 »."""
    return f"{iban[:4]} •••• •••• {iban[-4:]}"


class BankAccountStatusHistory(Period):
    """One status of an account during a period, and who set it (§14.1)."""

    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.CASCADE, related_name="status_history"
    )
    status = models.CharField("état", max_length=24, choices=BankAccountStatus)
    actor_kind = models.CharField("type d’auteur", max_length=8)
    actor_label = models.CharField("auteur", max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="compte de l’auteur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    why = models.TextField("motif", blank=True)

    class Meta(Period.Meta):
        verbose_name = "état d’un compte bancaire"
        verbose_name_plural = "états des comptes bancaires"
        constraints = [
            never_overlap("bank_account_status_no_overlap", "bank_account"),
            ends_after_start("bank_account_status_ends_after_start"),
        ]


class VenueBankAccountLink(Period):
    """The account that pays a venue during a period (§14.4); never overwritten."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="bank_account_links")
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="venue_links"
    )
    opened_by = models.CharField("ouvert par", max_length=200)
    closed_by = models.CharField("fermé par", max_length=200, blank=True)

    class Meta(Period.Meta):
        verbose_name = "rattachement d’un lieu à un compte"
        verbose_name_plural = "rattachements des lieux aux comptes"
        constraints = [
            never_overlap("venue_bank_link_no_overlap", "venue"),
            ends_after_start("venue_bank_link_ends_after_start"),
        ]
        indexes = [models.Index(name="venue_bank_link_of", fields=["venue", "started_at"])]


class OffererDefaultAccount(Period):
    """The account that pays the venues of a structure that have no link (§14.5-2)."""

    offerer = models.ForeignKey(
        Offerer, on_delete=models.PROTECT, related_name="default_account_links"
    )
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="default_links"
    )
    opened_by = models.CharField("choisi par", max_length=200)
    closed_by = models.CharField("retiré par", max_length=200, blank=True)

    class Meta(Period.Meta):
        verbose_name = "compte par défaut d’une structure"
        verbose_name_plural = "comptes par défaut des structures"
        constraints = [
            never_overlap("default_account_no_overlap", "offerer"),
            ends_after_start("default_account_ends_after_start"),
        ]


class VenuePricingPointLink(Period):
    """The venue with SIRET whose yearly revenue sets the rate of this venue (§3)."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="pricing_point_links")
    pricing_point = models.ForeignKey(
        Venue, on_delete=models.PROTECT, related_name="priced_venue_links"
    )
    opened_by = models.CharField("choisi par", max_length=200)
    closed_by = models.CharField("fermé par", max_length=200, blank=True)
    why = models.TextField("motif", blank=True)
    # By the team (VEN-21): what is not paid never counts there, whatever its date.
    is_withdrawn = models.BooleanField("retiré", default=False)

    class Meta(Period.Meta):
        verbose_name = "point de valorisation d’un lieu"
        verbose_name_plural = "points de valorisation des lieux"
        constraints = [
            never_overlap("venue_pricing_point_no_overlap", "venue"),
            ends_after_start("venue_pricing_point_ends_after_start"),
            models.CheckConstraint(
                name="venue_pricing_point_withdrawn_is_ended",
                condition=Q(is_withdrawn=False) | Q(ended_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="venue_pricing_point_of", fields=["venue", "started_at"])]


def covers(moment: datetime) -> Q:
    """The period contains the instant (half-open)."""
    return Q(started_at__lte=moment) & (Q(ended_at__isnull=True) | Q(ended_at__gt=moment))
