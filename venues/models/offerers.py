"""Structures (SIREN) and the people attached to them."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from passpro.kernel.text_search import names_vector
from passpro.registers.companies import LOCAL_AUTHORITY_CODE
from venues.enums import MembershipRole, MembershipStatus, OffererStatus
from venues.querysets import MembershipQuerySet, OffererQuerySet

DEPARTMENT_ZONES = {
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
    return DEPARTMENT_ZONES.get(department_code, "Europe/Paris")


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
    legal_category = models.CharField("catégorie juridique", max_length=4, blank=True)
    activity_code = models.CharField("code d’activité (APE)", max_length=6, blank=True)
    # Empty: typed while the register was down, the team checks it (SIR-10).
    identity_checked_at = models.DateTimeField("identité vérifiée le", null=True, blank=True)
    status = models.CharField(
        "état", max_length=16, choices=OffererStatus, default=OffererStatus.NEW
    )
    is_active = models.BooleanField("active", default=True)
    is_trusted = models.BooleanField("de confiance", default=False)
    created_at = models.DateTimeField("créée le", default=clock.now)
    validated_at = models.DateTimeField("validée le", null=True, blank=True)
    # OFF-33: its administrator asks the team to close it; its offers are withdrawn meanwhile.
    closing_asked_at = models.DateTimeField("fermeture demandée le", null=True, blank=True)
    closing_reason = models.TextField("motif de la fermeture demandée", blank=True)
    tags = models.ManyToManyField(
        "venues.OffererTag", verbose_name="étiquettes", related_name="offerers", blank=True
    )

    objects = OffererQuerySet.as_manager()

    class Meta:
        verbose_name = "structure"
        verbose_name_plural = "structures"
        ordering = ["name", "pk"]
        permissions = [
            ("decide_offerer", "Peut valider ou refuser une structure"),
            ("close_offerer", "Peut suspendre ou fermer une structure"),
        ]
        constraints = [
            models.CheckConstraint(
                name="offerer_siren_digits", condition=Q(siren__regex=r"^\d{9}$")
            ),
            models.CheckConstraint(
                name="offerer_validated_at_matches_status",
                condition=~Q(status="VALIDATED") | Q(validated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="offerer_closing_says_why",
                condition=Q(closing_asked_at__isnull=True, closing_reason="")
                | (Q(closing_asked_at__isnull=False) & ~Q(closing_reason="")),
            ),
        ]
        indexes = [
            models.Index(
                name="offerer_closing_asked",
                fields=["closing_asked_at"],
                condition=Q(closing_asked_at__isnull=False, status="VALIDATED"),
            ),
            models.Index(name="offerer_status", fields=["status", "created_at"]),
            GinIndex(names_vector("name"), name="offerer_names"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def grouped_siren(self) -> str:
        return grouped(self.siren)

    @property
    def needs_identity_check(self) -> bool:
        """« À vérifier »: what was typed was never compared with the register."""
        return self.identity_checked_at is None

    @property
    def is_local_authority(self) -> bool:
        """OFF-11: towns and other local authorities, which run venues directly."""
        return self.activity_code == LOCAL_AUTHORITY_CODE

    @property
    def is_open(self) -> bool:
        """May still be worked on: neither refused nor closed."""
        return self.status not in {OffererStatus.REJECTED, OffererStatus.CLOSED}

    @property
    def is_closing(self) -> bool:
        """Its administrator asked for its end and the team has not decided (OFF-33)."""
        return self.closing_asked_at is not None and self.status == OffererStatus.VALIDATED

    @property
    def is_visible(self) -> bool:
        """Its offers may be seen and booked (individual.md 0.3.5)."""
        return self.is_active and self.status == OffererStatus.VALIDATED

    @property
    def is_referenced_for_schools(self) -> bool:
        """VEN-14: may address schools; one query when the structure is validated."""
        return self.is_visible and self.venues.filter(adage_id__gt="").exists()


class OffererTransition(TransitionLog):
    offerer = models.ForeignKey(Offerer, on_delete=models.PROTECT, related_name="transitions")
    # Of OffererRefusal or OffererHold, when the team chose one; `why` says it in words.
    why_code = models.CharField("code du motif", max_length=24, blank=True)

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’une structure"
        verbose_name_plural = "changements d’état des structures"
        indexes = [models.Index(name="offerer_transition_of", fields=["offerer", "at"])]


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

    @property
    def is_administrator(self) -> bool:
        return self.role == MembershipRole.ADMIN and self.status == MembershipStatus.VALIDATED


class MembershipTransition(TransitionLog):
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="transitions")
    # Of MembershipRefusal.
    why_code = models.CharField("code du motif", max_length=24, blank=True)

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’un rattachement"
        verbose_name_plural = "changements d’état des rattachements"
        indexes = [models.Index(name="membership_transition_of", fields=["membership", "at"])]
