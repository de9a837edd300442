"""What an offer and a template say alike: the project, its place, its state (§2.1, §2.4)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from collective.enums import LocationKind, OfferValidation
from collective.models.programmes import NationalProgramme
from passpro.kernel import clock
from passpro.kernel.images import WithImage
from passpro.reference.education import DOMAIN_LABELS, LEVEL_LABELS
from passpro.reference.school_projects import FORMATS, levels_word
from venues.models import Venue


class Proposal(WithImage):
    """Columns and words shared by offers and templates; one image, portrait (§2.2)."""

    venue = models.ForeignKey(
        Venue, verbose_name="lieu", on_delete=models.PROTECT, related_name="%(class)ss"
    )
    title = models.CharField("titre", max_length=140)
    description = models.TextField("description", max_length=1500)
    domain_ids = ArrayField(models.PositiveSmallIntegerField(), verbose_name="domaines")
    formats = ArrayField(models.CharField(max_length=40), verbose_name="formats")
    level_ids = ArrayField(models.CharField(max_length=40), verbose_name="niveaux")
    programme = models.ForeignKey(
        NationalProgramme,
        verbose_name="dispositif national",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    duration_minutes = models.PositiveIntegerField("durée en minutes", null=True, blank=True)
    location = models.CharField("où", max_length=14, choices=LocationKind)
    location_label = models.CharField("nom de l’endroit", max_length=200, blank=True)
    location_street = models.CharField("adresse", max_length=200, blank=True)
    location_postal_code = models.CharField("code postal", max_length=5, blank=True)
    location_city = models.CharField("ville", max_length=200, blank=True)
    location_comment = models.CharField("précisions sur le lieu", max_length=200, blank=True)
    # Codes of départements, empty when the address is known (§2.3).
    intervention_area = ArrayField(
        models.CharField(max_length=3), verbose_name="départements", default=list, blank=True
    )
    contact_email = models.EmailField("e-mail de contact", max_length=120, blank=True)
    contact_phone = models.CharField("téléphone de contact", max_length=20, blank=True)
    booking_emails = ArrayField(
        models.EmailField(max_length=120), verbose_name="e-mails de notification"
    )
    visual_accessible = models.BooleanField("handicap visuel", default=False)
    mental_accessible = models.BooleanField("handicap psychique ou cognitif", default=False)
    motor_accessible = models.BooleanField("handicap moteur", default=False)
    audio_accessible = models.BooleanField("handicap auditif", default=False)
    validation = models.CharField(
        "validation", max_length=10, choices=OfferValidation, default=OfferValidation.DRAFT
    )
    is_active = models.BooleanField("active", default=False)
    validated_at = models.DateTimeField("décidée le", null=True, blank=True)
    rejection_reason = models.TextField("motif du refus", max_length=2000, blank=True)
    archived_at = models.DateTimeField("archivée le", null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="auteur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("créée le", default=clock.now)
    updated_at = models.DateTimeField("modifiée le", default=clock.now)

    class Meta:
        abstract = True
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_lists_filled",
                condition=Q(
                    domain_ids__len__gte=1,
                    formats__len__gte=1,
                    level_ids__len__gte=1,
                    booking_emails__len__gte=1,
                ),
            ),
            models.CheckConstraint(
                name="%(class)s_address_when_precise",
                condition=Q(
                    ~Q(location_street=""),
                    ~Q(location_postal_code=""),
                    ~Q(location_city=""),
                    location="ADDRESS",
                    intervention_area__len=0,
                )
                | Q(
                    location__in=["SCHOOL", "TO_BE_DEFINED"],
                    location_label="",
                    location_street="",
                    location_postal_code="",
                    location_city="",
                    intervention_area__len__gte=1,
                ),
                violation_error_message="Une adresse va avec « À une adresse précise » seulement.",
            ),
            models.CheckConstraint(
                name="%(class)s_comment_when_undefined",
                condition=Q(location_comment="") | Q(location="TO_BE_DEFINED"),
            ),
            models.CheckConstraint(
                name="%(class)s_decided_has_date",
                condition=~Q(validation__in=["APPROVED", "REJECTED"])
                | Q(validated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_active_when_approved",
                condition=Q(is_active=False) | Q(validation="APPROVED"),
            ),
            models.CheckConstraint(
                name="%(class)s_archived_is_hidden",
                condition=Q(archived_at__isnull=True) | Q(is_active=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def domain_labels(self) -> list[str]:
        return [DOMAIN_LABELS[pk] for pk in self.domain_ids if pk in DOMAIN_LABELS]

    @property
    def format_labels(self) -> list[str]:
        return [FORMATS[code] for code in self.formats if code in FORMATS]

    @property
    def level_labels(self) -> list[str]:
        return [LEVEL_LABELS[code] for code in self.level_ids if code in LEVEL_LABELS]

    @property
    def levels_word(self) -> str:
        return levels_word(self.level_ids)

    @property
    def programme_label(self) -> str:
        return self.programme.label if self.programme else ""

    @property
    def location_text(self) -> str:
        """One line for teachers and lists (§2.3)."""
        if self.location != LocationKind.ADDRESS:
            return LocationKind(self.location).label
        address = f"{self.location_street}, {self.location_postal_code}, {self.location_city}"
        return f"{self.location_label or self.venue.shown_name} - {address}"

    @property
    def duration_text(self) -> str:
        """« 1h15min », as seed 000 prints it."""
        if not self.duration_minutes:
            return ""
        hours, minutes = divmod(self.duration_minutes, 60)
        return (f"{hours}h" if hours else "") + (f"{minutes}min" if minutes else "")
