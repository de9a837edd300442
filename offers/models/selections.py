"""Offers put forward by the team or a local authority."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from offers.models.offers import Offer
from offers.querysets import SelectionQuerySet
from passpro.kernel import clock


class Selection(models.Model):
    """Offers put forward by a territory or a local authority, for a time (seed 002)."""

    title = models.CharField("titre", max_length=60, help_text="« Temps forts du printemps »")
    promoter = models.CharField(
        "proposée par", max_length=80, blank=True, help_text="« Région Bretagne » ; vide : l’équipe"
    )
    department_codes = ArrayField(
        models.CharField(max_length=3),
        verbose_name="départements",
        default=list,
        blank=True,
        help_text="Codes séparés par des virgules ; vide : toute la France.",
    )
    starts_on = models.DateField("du")
    ends_on = models.DateField("au (compris)")
    created_at = models.DateTimeField("créée le", default=clock.now)
    offers: models.ManyToManyField = models.ManyToManyField(
        Offer, through="SelectedOffer", related_name="selections"
    )

    objects = SelectionQuerySet.as_manager()

    class Meta:
        verbose_name = "sélection"
        verbose_name_plural = "sélections"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="selection_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
        ]
        indexes = [models.Index(name="selection_period", fields=["starts_on", "ends_on"])]

    def __str__(self) -> str:
        return self.title

    @property
    def full_title(self) -> str:
        """« Temps forts du printemps, par Région Bretagne »."""
        return f"{self.title}, par {self.promoter}" if self.promoter else self.title

    @property
    def anchor(self) -> str:
        """Identifier of its rail in a page."""
        return f"selection-{self.pk}"


class SelectedOffer(models.Model):
    """The place of an offer in a selection."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey(
        Offer, verbose_name="offre", on_delete=models.CASCADE, related_name="selected_in"
    )
    rank = models.PositiveSmallIntegerField("rang", default=1)

    class Meta:
        verbose_name = "offre choisie"
        verbose_name_plural = "offres choisies"
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="selected_offer_once",
                fields=["selection", "offer"],
                violation_error_message="Cette offre est déjà dans la sélection.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.offer)
