"""Files of offers and bookings that people ask for."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from collective.enums import ExportFormat, ExportOf, ExportState
from passpro.kernel import clock


class CollectiveExport(models.Model):
    """A file that a person asked for; made by a worker, deleted after its delay."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collective_exports"
    )
    of = models.CharField("contenu", max_length=8, choices=ExportOf)
    # The filters as they are in the address of the list.
    query = models.TextField("filtres", blank=True)
    format = models.CharField("format", max_length=4, choices=ExportFormat)
    state = models.CharField("état", max_length=8, choices=ExportState, default=ExportState.WAITING)
    lines_total = models.PositiveIntegerField("lignes à écrire", default=0)
    lines_done = models.PositiveIntegerField("lignes écrites", default=0)
    file = models.FileField("fichier", upload_to="exports/collective/", blank=True)
    created_at = models.DateTimeField("demandé le", default=clock.now)
    started_at = models.DateTimeField("commencé le", null=True, blank=True)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)

    class Meta:
        verbose_name = "export d’offres scolaires"
        verbose_name_plural = "exports d’offres scolaires"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="collective_export_file_when_done",
                condition=~Q(state="DONE") | (~Q(file="") & Q(finished_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="collective_export_of", fields=["user", "-created_at"]),
            models.Index(name="collective_export_age", fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return self.download_name

    @property
    def download_name(self) -> str:
        """§12.9, with its instant."""
        moment = self.created_at.astimezone(clock.PARIS)
        name = "reservations_eac_pass_culture" if self.of == ExportOf.BOOKINGS else "offres_eac"
        return f"{name}-{moment:%Y-%m-%dT%H-%M-%S}.{self.format.lower()}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in {ExportState.WAITING, ExportState.RUNNING}
