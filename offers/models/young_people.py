"""What young people keep and what they report."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from offers.enums import ReportReason, ReportState
from offers.models.offers import Offer
from offers.models.stocks import Stock
from passpro.kernel import clock


class Favorite(models.Model):
    """An offer kept for later, with its price and next date of that day, to tell what changed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="jeune",
        on_delete=models.CASCADE,
        related_name="favorites",
    )
    offer = models.ForeignKey(
        Offer, verbose_name="offre", on_delete=models.CASCADE, related_name="favorites"
    )
    price_cents = models.PositiveIntegerField("prix le plus bas alors", null=True, blank=True)
    stock = models.ForeignKey(
        Stock,
        verbose_name="prochaine date alors",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    beginning_at = models.DateTimeField("son début alors", null=True, blank=True)
    created_at = models.DateTimeField("ajoutée le", default=clock.now)

    class Meta:
        verbose_name = "favori"
        verbose_name_plural = "favoris"
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(name="favorite_once", fields=["user", "offer"])]

    def __str__(self) -> str:
        return str(self.offer)


class OfferReport(models.Model):
    """A young person says that an offer has no place here (OFF-160)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="jeune",
        on_delete=models.CASCADE,
        related_name="offer_reports",
    )
    offer = models.ForeignKey(
        Offer, verbose_name="offre", on_delete=models.CASCADE, related_name="reports"
    )
    reason = models.CharField("motif", max_length=20, choices=ReportReason)
    text = models.CharField("précisions", max_length=512, blank=True)
    state = models.CharField("état", max_length=10, choices=ReportState, default=ReportState.NEW)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    created_at = models.DateTimeField("signalé le", default=clock.now)

    class Meta:
        verbose_name = "signalement"
        verbose_name_plural = "signalements"
        ordering = ["-created_at", "-pk"]
        permissions = [("decide_offerreport", "Peut traiter les signalements des jeunes")]
        constraints = [
            models.UniqueConstraint(
                name="offer_report_once",
                fields=["user", "offer"],
                violation_error_message="Tu as déjà signalé cette offre.",
            ),
            models.CheckConstraint(
                name="offer_report_text_only_for_other",
                condition=(Q(reason="OTHER") & ~Q(text="")) | (~Q(reason="OTHER") & Q(text="")),
                violation_error_message="Des précisions vont avec « Autre », et seulement lui.",
            ),
            models.CheckConstraint(
                name="offer_report_decision_has_date",
                condition=Q(state="NEW", decided_at__isnull=True)
                | (~Q(state="NEW") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                name="offer_report_waiting", fields=["created_at"], condition=Q(state="NEW")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} : {self.get_reason_display()}"
