"""Requests to be referenced for schools (VEN-14, VEN-15; seeds 001 and 004)."""

from django.db import models
from django.db.models import Q

from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from venues.enums import AdageStatus
from venues.models.venues import Venue
from venues.querysets import AdageRequestQuerySet


class AdageRequest(models.Model):
    """A venue asks; a regional commission (Rectorat and DRAC) decides, outside of the portal."""

    venue = models.ForeignKey(
        Venue, verbose_name="lieu", on_delete=models.PROTECT, related_name="adage_requests"
    )
    status = models.CharField("état", max_length=12, choices=AdageStatus)
    academy = models.CharField("académie", max_length=40)
    legal_status = models.CharField("statut juridique", max_length=30)
    project = models.TextField("projet d’éducation artistique et culturelle", max_length=2000)
    references = models.TextField("actions déjà menées", max_length=1000, blank=True)
    domain_ids = models.JSONField("domaines", default=list)
    level_ids = models.JSONField("publics", default=list)
    contact_name = models.CharField("personne à joindre", max_length=120)
    contact_email = models.EmailField("e-mail", max_length=120)
    contact_phone = models.CharField("téléphone", max_length=20)
    # Of the commission's own file, when the team knows it.
    file_number = models.CharField("numéro de dossier", max_length=40, blank=True)
    created_at = models.DateTimeField("déposée le", default=clock.now)

    objects = AdageRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de référencement ADAGE"
        verbose_name_plural = "demandes de référencement ADAGE"
        ordering = ["-pk"]
        permissions = [("decide_adagerequest", "Peut suivre une demande de référencement")]
        constraints = [
            models.UniqueConstraint(
                name="adage_request_one_live",
                fields=["venue"],
                condition=Q(status__in=["SUBMITTED", "REVIEW"]),
                violation_error_message="Une demande est déjà en cours pour ce lieu.",
            ),
        ]
        indexes = [models.Index(name="adage_request_queue", fields=["status", "created_at"])]

    def __str__(self) -> str:
        return f"{self.venue} – {self.get_status_display()}"


class AdageRequestTransition(TransitionLog):
    request = models.ForeignKey(AdageRequest, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’une demande ADAGE"
        verbose_name_plural = "changements d’état des demandes ADAGE"
        indexes = [models.Index(name="adage_request_log", fields=["request", "at"])]
