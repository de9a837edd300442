"""An action on many offers, done by a worker while its author watches."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from offers.enums import BulkState, BulkVerb
from passpro.kernel import clock


class BulkAction(models.Model):
    """What was asked for on the list: these offers, or all those of its filters (OFF-130)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="demandée par",
        on_delete=models.CASCADE,
        related_name="bulk_actions",
    )
    verb = models.CharField("action", max_length=10, choices=BulkVerb)
    # The list's address, or the chosen offers when `is_everything` is off.
    query = models.CharField("filtres", max_length=2000, blank=True)
    is_everything = models.BooleanField("toutes les offres filtrées", default=False)
    offer_ids = ArrayField(models.BigIntegerField(), verbose_name="offres choisies", default=list)
    state = models.CharField("état", max_length=10, choices=BulkState, default=BulkState.WAITING)
    total = models.PositiveIntegerField("offres à voir", default=0)
    seen = models.PositiveIntegerField("offres vues", default=0)
    changed = models.PositiveIntegerField("offres changées", default=0)
    created_at = models.DateTimeField("demandée le", default=clock.now)
    started_at = models.DateTimeField("commencée le", null=True, blank=True)
    finished_at = models.DateTimeField("terminée le", null=True, blank=True)

    class Meta:
        verbose_name = "action groupée"
        verbose_name_plural = "actions groupées"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="bulk_progress", condition=Q(changed__lte=F("seen"), seen__lte=F("total"))
            ),
        ]
        indexes = [
            models.Index(
                name="bulk_unfinished",
                fields=["created_at"],
                condition=Q(state__in=["WAITING", "RUNNING"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} ({self.total})"

    @property
    def is_unfinished(self) -> bool:
        return self.state in {BulkState.WAITING, BulkState.RUNNING}

    @property
    def skipped(self) -> int:
        """Offers that the action did not concern: not in that state, made by a partner…"""
        return self.seen - self.changed
