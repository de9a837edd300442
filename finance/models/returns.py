"""Transfers that the bank sent back, and the answers of the bank that say so."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from finance.encryption import EncryptedTextField
from finance.models.bank import BankAccount, mask_iban
from finance.models.payment import Cashflow, CashflowBatch
from finance.querysets import ReturnedTransferQuerySet
from passpro.kernel import clock


class BankAnswer(models.Model):
    """A file of the bank, kept once: the same bytes are never read twice."""

    kind = models.CharField("message", max_length=10)
    message_id = models.CharField("référence du message", max_length=70, blank=True)
    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    imported_at = models.DateTimeField("importé le", default=clock.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "réponse de la banque"
        verbose_name_plural = "réponses de la banque"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class ReturnedTransfer(models.Model):
    """A transfer that did not arrive; paid again with a batch, under a reference of its own.

    The cashflow and its justificatif stay as they are: the money is still owed, once.
    """

    cashflow = models.ForeignKey(Cashflow, on_delete=models.PROTECT, related_name="returns")
    answer = models.ForeignKey(BankAnswer, on_delete=models.PROTECT, related_name="returns")
    # Of the attempt that failed: the cashflow's own, or that of an earlier return paid again.
    failed_reference = models.CharField("référence refusée", max_length=35, unique=True)
    reason = models.CharField("motif", max_length=240)
    returned_at = models.DateTimeField("revenu le", default=clock.now)
    # The team may try the same account again, when the bank was at fault.
    is_released = models.BooleanField("à payer sur le même compte", default=False)
    paid_again_in = models.ForeignKey(
        CashflowBatch,
        verbose_name="payé de nouveau avec",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="repaid",
    )
    bank_account = models.ForeignKey(
        BankAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    iban = EncryptedTextField("IBAN", blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    end_to_end_id = models.CharField("nouvelle référence", max_length=35, blank=True)

    objects = ReturnedTransferQuerySet.as_manager()

    class Meta:
        verbose_name = "virement refusé"
        verbose_name_plural = "virements refusés"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="returned_transfer_paid_facts",
                condition=Q(paid_again_in__isnull=True, end_to_end_id="", bank_account=None)
                | (
                    Q(paid_again_in__isnull=False, bank_account__isnull=False)
                    & ~Q(end_to_end_id="")
                ),
            ),
            models.UniqueConstraint(
                name="returned_transfer_reference",
                fields=["end_to_end_id"],
                condition=~Q(end_to_end_id=""),
            ),
            # What is already on its way again is not paid a third time.
            models.UniqueConstraint(
                name="returned_transfer_one_waiting",
                fields=["cashflow"],
                condition=Q(paid_again_in__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.failed_reference

    def account_to_use(self) -> BankAccount | None:
        """The same one when released; else one accepted since, of the cashflow's venues first."""
        former = self.cashflow.bank_account
        accepted = BankAccount.objects.accepted().filter(offerer=former.offerer_id)
        if self.is_released:
            same: BankAccount | None = accepted.filter(pk=former.pk).first()
            if same is not None:
                return same
        since = accepted.filter(decided_at__gt=self.returned_at).exclude(pk=former.pk)
        venues = self.cashflow.pricings.order_by().values("venue")
        linked = since.filter(venue_links__ended_at=None, venue_links__venue__in=venues)
        found: BankAccount | None = (
            linked.order_by("-decided_at", "-pk").first()
            or since.order_by("-decided_at", "-pk").first()
        )
        return found

    @property
    def paid_cents(self) -> int:
        return self.cashflow.paid_cents

    @property
    def masked_iban(self) -> str:
        return mask_iban(self.iban or self.cashflow.iban)
