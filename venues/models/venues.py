"""The places of a structure."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from passpro.kernel import clock
from venues.activities import ACTIVITY_LABELS
from venues.models.offerers import Address, Offerer, grouped
from venues.querysets import VenueQuerySet


class Venue(Address):
    """A place of a structure (« lieu »): with a SIRET, or a comment that says why it has none."""

    offerer = models.ForeignKey(
        Offerer, verbose_name="structure", on_delete=models.PROTECT, related_name="venues"
    )
    siret = models.CharField(
        "SIRET",
        max_length=14,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"^\d{14}$")],
        error_messages={"unique": "Un lieu existe déjà avec ce SIRET."},
    )
    comment = models.TextField("commentaire (si pas de SIRET)", max_length=500, blank=True)
    name = models.CharField("raison sociale", max_length=140)
    public_name = models.CharField("nom public", max_length=255, blank=True)
    booking_email = models.EmailField("e-mail des réservations", max_length=120, blank=True)
    is_virtual = models.BooleanField("lieu numérique", default=False)
    activity = models.CharField("activité principale", max_length=60, blank=True)
    description = models.TextField("description", max_length=1000, blank=True)
    withdrawal_details = models.TextField("modalités de retrait", max_length=500, blank=True)
    visual_accessible = models.BooleanField("handicap visuel", null=True, blank=True)
    mental_accessible = models.BooleanField("handicap psychique ou cognitif", null=True, blank=True)
    motor_accessible = models.BooleanField("handicap moteur", null=True, blank=True)
    audio_accessible = models.BooleanField("handicap auditif", null=True, blank=True)
    created_at = models.DateTimeField("créé le", default=clock.now)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = "lieu"
        verbose_name_plural = "lieux"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="venue_siret_or_comment",
                condition=Q(siret__isnull=False, comment="", is_virtual=False)
                | (Q(siret__isnull=True, is_virtual=False) & ~Q(comment=""))
                | Q(siret__isnull=True, comment="", is_virtual=True),
                violation_error_message="Donnez un SIRET, ou dites pourquoi il n’y en a pas.",
            ),
            models.CheckConstraint(
                name="venue_siret_digits",
                condition=Q(siret__isnull=True) | Q(siret__regex=r"^\d{14}$"),
            ),
            models.UniqueConstraint(
                name="venue_one_virtual_per_offerer",
                fields=["offerer"],
                condition=Q(is_virtual=True),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """Public name if any, else legal name (finance.md §0-5)."""
        return self.public_name or self.name

    @property
    def activity_label(self) -> str:
        return ACTIVITY_LABELS.get(self.activity, "")

    @property
    def grouped_siret(self) -> str:
        return grouped(self.siret or "")
