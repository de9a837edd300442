"""Batches, cashflows, invoices and their numbering."""

from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from finance.encryption import EncryptedTextField
from finance.enums import BatchFileKind, BatchStatus, CashflowStatus, InvoiceKind
from finance.models.bank import BankAccount, mask_iban
from finance.models.pricing import Pricing
from finance.models.rules import CustomRule
from finance.querysets import CashflowBatchQuerySet, CashflowQuerySet, InvoiceQuerySet
from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog


class CashflowBatch(models.Model):
    """All that is paid for uses before a cut-off (§9). Unique on the cut-off: never made twice."""

    cutoff_at = models.DateTimeField("date d’arrêté", unique=True)
    number = models.PositiveIntegerField("numéro", unique=True)
    label = models.CharField("n° de virement", max_length=20, unique=True)
    status = models.CharField(
        "état", max_length=12, choices=BatchStatus, default=BatchStatus.GENERATING
    )
    created_at = models.DateTimeField("créé le", default=clock.now)
    # Kept with each group of accounts, so that a list and a progress cost nothing.
    accounts_expected = models.PositiveIntegerField("comptes à traiter", default=0)
    cashflow_count = models.PositiveIntegerField("virements", default=0)
    pricing_count = models.PositiveIntegerField("valorisations", default=0)
    sum_cents = models.BigIntegerField("somme en centimes (négatif = à payer)", default=0)
    transfer_file = models.FileField("fichier de virement", max_length=200, blank=True)
    transfer_sha256 = models.CharField("empreinte", max_length=64, blank=True)
    transfer_error = models.TextField("erreur du fichier de virement", blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="contrôlé par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    second_accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="contrôlé aussi par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    accepted_at = models.DateTimeField("contrôlé le", null=True, blank=True)

    objects = CashflowBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "lot de virements"
        verbose_name_plural = "lots de virements"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="batch_accepted_at_matches_status",
                condition=Q(status__in=["GENERATING", "UNDER_REVIEW"], accepted_at__isnull=True)
                | Q(status__in=["ACCEPTED", "INVOICED"], accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_two_different_people",
                condition=Q(second_accepted_by__isnull=True)
                | (Q(accepted_by__isnull=False) & ~Q(second_accepted_by=F("accepted_by"))),
            ),
            models.UniqueConstraint(
                name="batch_one_at_a_time",
                fields=["status"],
                condition=Q(status="GENERATING"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def last_day(self) -> date:
        """Last included Paris day."""
        return clock.paris_day(self.cutoff_at - timedelta(microseconds=1))

    @property
    def first_day(self) -> date:
        """§9.7: the 1st or the 16th of the fortnight of the last included day."""
        return self.last_day.replace(day=1 if self.last_day.day <= 15 else 16)


class CashflowBatchLog(TransitionLog):
    batch = models.ForeignKey(CashflowBatch, on_delete=models.CASCADE, related_name="logs")

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’un lot"
        verbose_name_plural = "changements d’état des lots"


class BatchFile(models.Model):
    """A file of a batch for accountants (§11), made by a worker and made again at will."""

    batch = models.ForeignKey(CashflowBatch, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField("fichier", max_length=16, choices=BatchFileKind)
    file = models.FileField("fichier", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64)
    made_at = models.DateTimeField("fait le", default=clock.now)

    class Meta:
        verbose_name = "fichier comptable"
        verbose_name_plural = "fichiers comptables"
        ordering = ["batch", "kind"]
        constraints = [
            models.UniqueConstraint(name="batch_file_one_per_kind", fields=["batch", "kind"])
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.kind}"


class Invoice(models.Model):
    """« Justificatif »: what one account received from one batch, and why (§12)."""

    reference = models.CharField("n° du justificatif", max_length=20, unique=True)
    kind = models.CharField(
        "type de document", max_length=16, choices=InvoiceKind, default=InvoiceKind.REIMBURSEMENT
    )
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="invoices")
    batch = models.ForeignKey(CashflowBatch, on_delete=models.PROTECT, related_name="invoices")
    created_at = models.DateTimeField("date du justificatif", default=clock.now)
    amount_cents = models.BigIntegerField("montant en centimes")
    token = models.CharField("jeton du fichier", max_length=60, unique=True)
    pdf = models.FileField("PDF", max_length=200, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "justificatif"
        verbose_name_plural = "justificatifs"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="invoice_one_per_account_and_batch", fields=["bank_account", "batch", "kind"]
            ),
            models.CheckConstraint(
                name="invoice_sign_matches_kind",
                condition=Q(kind="REIMBURSEMENT", amount_cents__lte=0)
                | Q(kind="DEBIT_NOTE", amount_cents__gt=0),
            ),
        ]
        indexes = [models.Index(name="invoice_of_account", fields=["bank_account", "-created_at"])]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_debit_note(self) -> bool:
        return self.kind == InvoiceKind.DEBIT_NOTE

    @property
    def reimbursed_cents(self) -> int:
        """As venues read it: positive = received."""
        return -self.amount_cents


class InvoiceLine(models.Model):
    """One (group, rate) of an invoice, stored so that it can be explained for ever (§12.3)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    group_label = models.CharField("barème", max_length=60)
    group_position = models.PositiveSmallIntegerField("position du barème")
    label = models.CharField("intitulé", max_length=60)
    # Empty for a standard rule; custom ones have a line each.
    custom_rule = models.ForeignKey(
        CustomRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Above 1 when a fixed amount exceeds the price.
    rate = models.DecimalField("taux", max_digits=12, decimal_places=4)
    contribution_cents = models.BigIntegerField("contribution en centimes")
    reimbursed_cents = models.BigIntegerField("remboursé en centimes (négatif = payé)")

    class Meta:
        verbose_name = "ligne de justificatif"
        verbose_name_plural = "lignes de justificatif"
        ordering = ["group_position", "-rate", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="invoice_line_once",
                fields=["invoice", "group_position", "rate", "label", "custom_rule"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="invoice_line_rate_positive", condition=Q(rate__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.group_label} {self.rate}"

    @property
    def bookings_cents(self) -> int:
        """§12.3-3: amount of the bookings."""
        return self.contribution_cents - self.reimbursed_cents

    @property
    def contribution_rate(self) -> Decimal:
        return 1 - self.rate

    @property
    def paid_cents(self) -> int:
        return -self.reimbursed_cents


class Cashflow(models.Model):
    """One account's part of a batch; the account is copied so that later changes do not matter."""

    batch = models.ForeignKey(CashflowBatch, on_delete=models.PROTECT, related_name="cashflows")
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="cashflows"
    )
    amount_cents = models.BigIntegerField("montant en centimes")
    status = models.CharField(
        "état", max_length=12, choices=CashflowStatus, default=CashflowStatus.PENDING
    )
    iban = EncryptedTextField("IBAN")
    bic = models.CharField("BIC", max_length=11)
    creditor_name = models.CharField("bénéficiaire", max_length=140)
    creditor_siren = models.CharField("SIREN", max_length=9)
    end_to_end_id = models.CharField("référence de bout en bout", max_length=35, unique=True)
    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="cashflows"
    )
    created_at = models.DateTimeField("créé le", default=clock.now)
    pricings = models.ManyToManyField(Pricing, through="CashflowPricing", related_name="cashflows")

    objects = CashflowQuerySet.as_manager()

    class Meta:
        verbose_name = "virement"
        verbose_name_plural = "virements"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="cashflow_one_per_account_and_batch", fields=["batch", "bank_account"]
            ),
            models.CheckConstraint(
                name="cashflow_invoice_matches_status",
                condition=Q(status="ACCEPTED", invoice__isnull=False)
                | (~Q(status="ACCEPTED") & Q(invoice__isnull=True)),
            ),
        ]
        indexes = [models.Index(name="cashflow_of_day", fields=["created_at"])]

    def __str__(self) -> str:
        return self.end_to_end_id

    @property
    def paid_cents(self) -> int:
        return -self.amount_cents

    @property
    def masked_iban(self) -> str:
        return mask_iban(self.iban)


class CashflowPricing(models.Model):
    """A pricing sits in at most one live cashflow (§1)."""

    cashflow = models.ForeignKey(Cashflow, on_delete=models.CASCADE, related_name="+")
    pricing = models.OneToOneField(Pricing, on_delete=models.PROTECT, related_name="cashflow_link")

    class Meta:
        verbose_name = "valorisation d’un virement"
        verbose_name_plural = "valorisations des virements"

    def __str__(self) -> str:
        return f"{self.cashflow_id} – {self.pricing_id}"


class CashflowLog(models.Model):
    cashflow = models.ForeignKey(Cashflow, on_delete=models.CASCADE, related_name="logs")
    before = models.CharField("état avant", max_length=12, choices=CashflowStatus)
    after = models.CharField("état après", max_length=12, choices=CashflowStatus)
    at = models.DateTimeField("date", default=clock.now)
    details = models.JSONField("détails", default=dict, blank=True)

    class Meta:
        verbose_name = "changement d’état d’un virement"
        verbose_name_plural = "changements d’état des virements"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class ReferenceScheme(models.Model):
    """Counter of a year's documents: locked, read, used and advanced with the document (§12.2)."""

    name = models.CharField("nom", max_length=20)
    prefix = models.CharField("préfixe", max_length=4)
    year = models.PositiveSmallIntegerField("année")
    next_number = models.PositiveIntegerField("prochain numéro", default=1)
    padding = models.PositiveSmallIntegerField("chiffres", default=7)

    class Meta:
        verbose_name = "numérotation"
        verbose_name_plural = "numérotations"
        ordering = ["name", "year"]
        constraints = [
            models.UniqueConstraint(name="reference_one_per_year", fields=["name", "year"]),
            models.UniqueConstraint(name="reference_prefix_per_year", fields=["prefix", "year"]),
            models.CheckConstraint(name="reference_starts_at_one", condition=Q(next_number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"

    @property
    def next_reference(self) -> str:
        """F + two-digit year + padded number, for example F260000001."""
        return f"{self.prefix}{self.year % 100:02d}{self.next_number:0{self.padding}d}"
