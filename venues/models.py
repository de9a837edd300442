"""Structures (SIREN), their venues (SIRET), the people attached to them and their API keys."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from venues.activities import ACTIVITY_LABELS
from venues.enums import MembershipRole, MembershipStatus, OffererStatus
from venues.querysets import (
    ApiKeyQuerySet,
    MembershipQuerySet,
    OffererQuerySet,
    VenueQuerySet,
)

_DEPARTMENT_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Guadeloupe",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
    "989": "Pacific/Pitcairn",
}


def time_zone_of(department_code: str) -> str:
    """Zone name shown to staff for a département (individual.md 0.3.1); Paris when unknown."""
    return _DEPARTMENT_ZONES.get(department_code, "Europe/Paris")


def grouped(number: str) -> str:
    """SIREN or SIRET for reading: « 123 456 789 00012 » with no-break spaces."""
    parts = (number[0:3], number[3:6], number[6:9], number[9:])
    return "\u00a0".join(part for part in parts if part)


class Address(models.Model):
    """Where a structure or a venue is; coordinates in degrees (WGS 84)."""

    street = models.CharField("numéro et voie", max_length=200, blank=True)
    postal_code = models.CharField(
        "code postal", max_length=5, blank=True, validators=[RegexValidator(r"^\d{5}$")]
    )
    city = models.CharField("ville", max_length=200, blank=True)
    department_code = models.CharField("département", max_length=3, blank=True)
    latitude = models.DecimalField(
        "latitude", max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        "longitude", max_digits=8, decimal_places=5, null=True, blank=True
    )

    class Meta:
        abstract = True

    @property
    def time_zone(self) -> str:
        return time_zone_of(self.department_code)

    @property
    def one_line_address(self) -> str:
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, town) if part)


class Offerer(Address):
    """A legal entity identified by its SIREN (« structure »)."""

    siren = models.CharField(
        "SIREN",
        max_length=9,
        unique=True,
        validators=[RegexValidator(r"^\d{9}$")],
        error_messages={"unique": "Cette structure existe déjà : demandez à la rejoindre."},
    )
    name = models.CharField("nom", max_length=140)
    status = models.CharField(
        "état", max_length=16, choices=OffererStatus, default=OffererStatus.NEW
    )
    is_active = models.BooleanField("active", default=True)
    is_trusted = models.BooleanField("de confiance", default=False)
    created_at = models.DateTimeField("créée le", default=clock.now)
    validated_at = models.DateTimeField("validée le", null=True, blank=True)

    objects = OffererQuerySet.as_manager()

    class Meta:
        verbose_name = "structure"
        verbose_name_plural = "structures"
        ordering = ["name", "pk"]
        permissions = [("decide_offerer", "Peut valider ou refuser une structure")]
        constraints = [
            models.CheckConstraint(
                name="offerer_siren_digits", condition=Q(siren__regex=r"^\d{9}$")
            ),
            models.CheckConstraint(
                name="offerer_validated_at_matches_status",
                condition=~Q(status="VALIDATED") | Q(validated_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="offerer_status", fields=["status", "created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def grouped_siren(self) -> str:
        return grouped(self.siren)

    @property
    def is_visible(self) -> bool:
        """Its offers may be seen and booked (individual.md 0.3.5)."""
        return self.is_active and self.status == OffererStatus.VALIDATED


class OffererTransition(TransitionLog):
    offerer = models.ForeignKey(Offerer, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’une structure"
        verbose_name_plural = "changements d’état des structures"
        indexes = [models.Index(name="offerer_transition_of", fields=["offerer", "at"])]


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


class Membership(models.Model):
    """A person's attachment to a structure (« rattachement »)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="personne",
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    offerer = models.ForeignKey(
        Offerer, verbose_name="structure", on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField("rôle", max_length=8, choices=MembershipRole)
    status = models.CharField("état", max_length=16, choices=MembershipStatus)
    created_at = models.DateTimeField("demandé le", default=clock.now)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "rattachement"
        verbose_name_plural = "rattachements"
        ordering = ["pk"]
        permissions = [("decide_membership", "Peut accepter ou refuser un rattachement")]
        constraints = [
            models.UniqueConstraint(name="membership_once", fields=["user", "offerer"]),
            models.CheckConstraint(
                name="membership_decided_at_matches_status",
                condition=Q(status="PENDING", decided_at__isnull=True)
                | (~Q(status="PENDING") & Q(decided_at__isnull=False)),
            ),
            # ADM-03: one administrator at a time.
            models.UniqueConstraint(
                name="membership_one_administrator",
                fields=["offerer"],
                condition=Q(role="ADMIN", status="VALIDATED"),
                violation_error_message="Cette structure a déjà un administrateur.",
            ),
        ]
        indexes = [
            models.Index(
                name="membership_waiting", fields=["created_at"], condition=Q(status="PENDING")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.offerer}"


class MembershipTransition(TransitionLog):
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’un rattachement"
        verbose_name_plural = "changements d’état des rattachements"
        indexes = [models.Index(name="membership_transition_of", fields=["membership", "at"])]


class ApiKey(models.Model):
    """Access of a ticketing software to one structure; only a keyed hash of its secret is kept."""

    offerer = models.ForeignKey(
        Offerer, verbose_name="structure", on_delete=models.PROTECT, related_name="api_keys"
    )
    label = models.CharField("nom", max_length=80)
    prefix = models.CharField("préfixe", max_length=32, unique=True)
    secret_hash = models.CharField("empreinte du secret", max_length=64)
    created_at = models.DateTimeField("créée le", default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="créée par",
    )
    last_used_on = models.DateField("dernière utilisation", null=True, blank=True)
    revoked_at = models.DateTimeField("supprimée le", null=True, blank=True)
    revoked_by_label = models.CharField("supprimée par", max_length=200, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "clé d’API"
        verbose_name_plural = "clés d’API"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="api_key_revoked_after_creation",
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"
