"""Files of offers and bookings that people ask for."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from collective.enums import ExportOf
from passpro.kernel.exports import ExportFile


class CollectiveExport(ExportFile):
    """A file that a person asked for; made by a worker, deleted after its delay."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collective_exports"
    )
    of = models.CharField("contenu", max_length=8, choices=ExportOf)
    file = models.FileField("fichier", upload_to="exports/collective/", blank=True)

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

    @property
    def label(self) -> str:
        return f"{self.get_of_display()}, {self.get_format_display()}"

    @property
    def file_stem(self) -> str:  # type: ignore[override]
        """§12.9."""
        is_bookings = self.of == ExportOf.BOOKINGS
        return "reservations_eac_pass_culture" if is_bookings else "offres_eac"
