"""Base of the log rows that every change of state writes (history shown on screen, audit trail)."""

from django.conf import settings
from django.db import models

from passpro.kernel import clock


class TransitionLog(models.Model):
    """from, to, who, when, why. Subclasses add the foreign key to what changed. Never updated."""

    before = models.CharField("état avant", max_length=32, blank=True)
    after = models.CharField("état après", max_length=32)
    at = models.DateTimeField("date", default=clock.now)
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

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.before or '–'} → {self.after}"
