"""Films that cinemas' software names by a number (API-191)."""

from django.db import models
from django.db.models import Q

from passpro.kernel import clock


class Film(models.Model):
    """A film that exists, known by its visa or by AlloCiné's number."""

    visa = models.CharField("visa d’exploitation", max_length=20, blank=True)
    allocine_id = models.PositiveBigIntegerField(
        "numéro AlloCiné", null=True, blank=True, unique=True
    )
    title = models.CharField("titre", max_length=140)
    description = models.TextField("résumé", max_length=10_000, blank=True)
    director = models.CharField("réalisation", max_length=200, blank=True)
    duration_minutes = models.PositiveIntegerField("durée en minutes", null=True, blank=True)
    updated_at = models.DateTimeField("modifié le", default=clock.now)

    class Meta:
        verbose_name = "film"
        verbose_name_plural = "films"
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="film_visa_once",
                fields=["visa"],
                condition=~Q(visa=""),
                violation_error_message="Un film porte déjà ce visa.",
            ),
            models.CheckConstraint(
                name="film_has_a_number",
                condition=~Q(visa="") | Q(allocine_id__isnull=False),
                violation_error_message="Donnez le visa ou le numéro AlloCiné.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
