"""Labels that the team gives to structures (OFF-11, OFF-32), and to venues (§14.2)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from venues.querysets import VenueTagQuerySet


class OffererTagCategory(models.Model):
    """A drawer of labels: « Suivi », « Territoires »… (§14.2)."""

    label = models.CharField(
        "catégorie",
        max_length=60,
        unique=True,
        error_messages={"unique": "Cette catégorie existe déjà."},
    )

    class Meta:
        verbose_name = "catégorie d’étiquettes"
        verbose_name_plural = "catégories d’étiquettes"
        ordering = ["label"]
        constraints = [
            models.CheckConstraint(name="offerer_tag_category_has_label", condition=~Q(label="")),
        ]

    def __str__(self) -> str:
        return self.label


class OffererTag(models.Model):
    """`activity_codes` and `email_domains` say which new structures carry it at once."""

    # Declared by the product (venues/services/tags.py): renamed if need be, never deleted.
    code = models.SlugField("code", max_length=40, blank=True, editable=False)
    label = models.CharField(
        "étiquette",
        max_length=60,
        unique=True,
        error_messages={"unique": "Cette étiquette existe déjà."},
    )
    description = models.CharField("description", max_length=300, blank=True)
    categories = models.ManyToManyField(
        OffererTagCategory, verbose_name="catégories", related_name="tags", blank=True
    )
    activity_codes = ArrayField(
        models.CharField(max_length=6), verbose_name="codes d’activité (APE)", default=list,
        blank=True,
    )  # fmt: skip
    email_domains = ArrayField(
        models.CharField(max_length=120), verbose_name="domaines e-mail", default=list, blank=True
    )

    class Meta:
        verbose_name = "étiquette de structures"
        verbose_name_plural = "étiquettes de structures"
        ordering = ["label"]
        constraints = [
            models.CheckConstraint(name="offerer_tag_has_label", condition=~Q(label="")),
            models.UniqueConstraint(
                name="offerer_tag_declared_once", fields=["code"], condition=~Q(code="")
            ),
        ]

    def __str__(self) -> str:
        return self.label


class VenueTag(models.Model):
    """What the team groups offers and venues by: « Festival d’été », « Petit patrimoine »…"""

    label = models.CharField(
        "étiquette",
        max_length=140,
        unique=True,
        error_messages={"unique": "Cette étiquette existe déjà."},
    )
    description = models.CharField("description", max_length=1024, blank=True)
    categories = models.ManyToManyField(
        OffererTagCategory, verbose_name="catégories", related_name="venue_tags", blank=True
    )
    # Of what it stands for; an ended one is no longer put, and stays where it is.
    starts_on = models.DateField("du", null=True, blank=True)
    ends_on = models.DateField("au (compris)", null=True, blank=True)

    objects = VenueTagQuerySet.as_manager()

    class Meta:
        verbose_name = "étiquette d’offres et de lieux"
        verbose_name_plural = "étiquettes d’offres et de lieux"
        ordering = ["label"]
        constraints = [
            models.CheckConstraint(name="venue_tag_has_label", condition=~Q(label="")),
            models.CheckConstraint(
                name="venue_tag_ends_after_start",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
        ]

    def __str__(self) -> str:
        return self.label
