"""What partners' software hands over to be worked through in the background (API-190, API-203)."""

from django.db import models
from django.db.models import Q

from passpro.kernel import clock
from venues.models import Provider, Venue


class PartnerUpload(models.Model):
    """One call: what was sent, then what became of it. Those of one venue are done in order."""

    class Kind(models.TextChoices):
        EANS = "EANS", "Produits par EAN"
        CINEMA = "CINEMA", "Séances de cinéma"

    class State(models.TextChoices):
        WAITING = "WAITING", "En attente"
        DONE = "DONE", "Traité"
        FAILED = "FAILED", "Refusé"

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="uploads")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("nature", max_length=6, choices=Kind)
    actor_label = models.CharField("par", max_length=150)
    sent = models.JSONField("envoyé")
    state = models.CharField("état", max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("tentatives", default=0)
    report = models.JSONField("compte rendu", default=dict, blank=True)
    created_at = models.DateTimeField("reçu le", default=clock.now)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)

    class Meta:
        verbose_name = "envoi d’un logiciel"
        verbose_name_plural = "envois de logiciels"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="partner_upload_finished_has_date",
                condition=Q(state="WAITING", finished_at__isnull=True)
                | (~Q(state="WAITING") & Q(finished_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                name="partner_upload_waiting", fields=["venue"], condition=Q(state="WAITING")
            ),
            models.Index(name="partner_upload_of", fields=["provider", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.provider} – {self.get_kind_display()}"
