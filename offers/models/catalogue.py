"""The catalogue of goods known by their EAN: what a shop's software sells without describing it."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from passpro.kernel import clock


class CatalogueItem(models.Model):
    """A book or a record that exists; offers by EAN are made from it (API-203)."""

    ean = models.CharField(
        "EAN", max_length=13, unique=True, validators=[RegexValidator(r"^\d{13}$")]
    )
    subcategory_id = models.CharField("sous-catégorie", max_length=40)
    title = models.CharField("titre", max_length=140)
    description = models.TextField("description", max_length=10_000, blank=True)
    # As in an offer: author, performer, musicType…
    extra_data = models.JSONField("informations artistiques", default=dict, blank=True)
    is_refused = models.BooleanField("refusé par les conditions d’utilisation", default=False)
    updated_at = models.DateTimeField("modifié le", default=clock.now)

    class Meta:
        verbose_name = "bien du catalogue"
        verbose_name_plural = "catalogue des biens"
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                name="catalogue_item_ean_digits", condition=Q(ean__regex=r"^\d{13}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.ean})"
