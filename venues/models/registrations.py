"""What a person said about the first venue when the structure signed up (B5)."""

from django.db import models

from venues.enums import Audience
from venues.models.venues import Venue


class Registration(models.Model):
    """Answers of the sign-up journey; the team reads them before it decides."""

    venue = models.OneToOneField(
        Venue, verbose_name="lieu", on_delete=models.PROTECT, related_name="registration"
    )
    audience = models.CharField("publics visés", max_length=12, choices=Audience)
    web_presence = models.TextField("sites et réseaux", max_length=1000, blank=True)

    class Meta:
        verbose_name = "réponse à l’inscription"
        verbose_name_plural = "réponses à l’inscription"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.venue} – {self.get_audience_display()}"
