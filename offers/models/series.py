"""Many dates asked for at once."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from offers.enums import BulkState
from offers.models.offers import Offer
from passpro.kernel import clock


class DateSeries(models.Model):
    """A rule of dates and how far its writing has come (STK-30 to STK-37)."""

    offer = models.ForeignKey(
        Offer, verbose_name="offre", on_delete=models.CASCADE, related_name="date_series"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="demandée par",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # As recurrence.Series.as_json writes it.
    rule = models.JSONField("règle")
    state = models.CharField("état", max_length=10, choices=BulkState, default=BulkState.WAITING)
    total = models.PositiveIntegerField("dates à écrire")
    done = models.PositiveIntegerField("dates vues", default=0)
    created = models.PositiveIntegerField("dates ajoutées", default=0)
    refusal = models.CharField("refus", max_length=300, blank=True)
    created_at = models.DateTimeField("demandée le", default=clock.now)
    started_at = models.DateTimeField("commencée le", null=True, blank=True)
    finished_at = models.DateTimeField("terminée le", null=True, blank=True)

    class Meta:
        verbose_name = "série de dates"
        verbose_name_plural = "séries de dates"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="date_series_progress",
                condition=Q(created__lte=F("done"), done__lte=F("total")),
            ),
            models.UniqueConstraint(
                name="date_series_one_at_a_time",
                fields=["offer"],
                condition=Q(state__in=["WAITING", "RUNNING"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} – {self.total}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in {BulkState.WAITING, BulkState.RUNNING}
