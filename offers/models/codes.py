"""Activation codes of digital goods, one handed out per booking (§3.8)."""

from django.db import models
from django.db.models import Q

from offers.models.stocks import Stock


class ActivationCode(models.Model):
    """A code of a partner's site; once taken it never serves again, also when cancelled."""

    stock = models.ForeignKey(Stock, on_delete=models.CASCADE, related_name="activation_codes")
    code = models.CharField("code d’activation", max_length=255)
    is_taken = models.BooleanField("donné", default=False)

    class Meta:
        verbose_name = "code d’activation"
        verbose_name_plural = "codes d’activation"
        ordering = ["pk"]
        constraints = [
            # STK-83.
            models.UniqueConstraint(name="activation_code_once_a_stock", fields=["stock", "code"]),
            models.CheckConstraint(name="activation_code_given", condition=~Q(code="")),
        ]
        indexes = [
            models.Index(
                name="activation_code_free", fields=["stock", "id"], condition=Q(is_taken=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.stock_id} – {self.pk}"
