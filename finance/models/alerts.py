"""What the nightly control found, until it finds it no more (§22)."""

from django.db import models
from django.db.models import Q

from passpro.kernel import clock


class MoneyAlert(models.Model):
    """One row a control and a time it was wrong; open while the control finds something."""

    control = models.CharField("contrôle", max_length=60)
    count = models.PositiveIntegerField("lignes en cause")
    ids = models.JSONField("numéros des premières", default=list)
    found_at = models.DateTimeField("trouvé le", default=clock.now)
    seen_at = models.DateTimeField("vu pour la dernière fois le", default=clock.now)
    gone_at = models.DateTimeField("disparu le", null=True, blank=True)

    class Meta:
        verbose_name = "alerte du contrôle de nuit"
        verbose_name_plural = "alertes du contrôle de nuit"
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="money_alert_one_open", fields=["control"], condition=Q(gone_at__isnull=True)
            ),
            models.CheckConstraint(name="money_alert_counts", condition=Q(count__gte=1)),
        ]

    def __str__(self) -> str:
        return self.control
