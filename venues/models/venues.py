"""The places of a structure: what they are, when they open, what teachers read."""

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from passpro.kernel import clock
from passpro.kernel.columns import WebAddressField
from passpro.kernel.images import WithImage
from passpro.kernel.text_search import names_vector
from passpro.reference.venue_labels import VENUE_LABELS
from venues.activities import ACTIVITY_LABELS, ACTIVITY_POSTERS
from venues.models.offerers import Address, Offerer, grouped
from venues.positions import flat_point
from venues.querysets import VenueQuerySet


class Venue(Address, WithImage):
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
    label = models.CharField("label", max_length=40, blank=True)
    description = models.TextField("description", max_length=1000, blank=True)
    withdrawal_details = models.TextField("modalités de retrait", max_length=500, blank=True)
    visual_accessible = models.BooleanField("handicap visuel", null=True, blank=True)
    mental_accessible = models.BooleanField("handicap psychique ou cognitif", null=True, blank=True)
    motor_accessible = models.BooleanField("handicap moteur", null=True, blank=True)
    audio_accessible = models.BooleanField("handicap auditif", null=True, blank=True)
    is_open_to_public = models.BooleanField("ouvert au public", default=True)
    is_permanent = models.BooleanField("lieu permanent", default=False)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    contact_email = models.EmailField("e-mail public", max_length=120, blank=True)
    website = WebAddressField("site internet", max_length=255, blank=True)
    # Network (« instagram ») → address of the page.
    social_links = models.JSONField("réseaux sociaux", default=dict, blank=True)
    ban_id = models.CharField("identifiant d’adresse (BAN)", max_length=40, blank=True)
    is_address_typed = models.BooleanField("adresse saisie à la main", default=False)
    # VEN-14: known to ADAGE, hence may address schools; kept by the team or the nightly exchange.
    adage_id = models.CharField("identifiant ADAGE", max_length=30, blank=True)
    adage_referenced_at = models.DateTimeField("référencé ADAGE le", null=True, blank=True)
    # VEN-11: what its offers are searched by has changed; cleared by offers.services.reindex.
    is_to_reindex = models.BooleanField("à indexer de nouveau", default=False)
    tags = models.ManyToManyField(
        "venues.VenueTag", verbose_name="étiquettes", related_name="venues", blank=True
    )
    created_at = models.DateTimeField("créé le", default=clock.now)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = "lieu"
        verbose_name_plural = "lieux"
        ordering = ["name", "pk"]
        indexes = [
            GinIndex(names_vector("name", "public_name"), name="venue_names"),
            GistIndex(flat_point(), name="venue_position"),
            models.Index(name="venue_to_reindex", fields=["id"], condition=Q(is_to_reindex=True)),
        ]
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
            models.CheckConstraint(
                name="venue_adage_id_has_date",
                condition=Q(adage_id="", adage_referenced_at__isnull=True)
                | (~Q(adage_id="") & Q(adage_referenced_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="venue_adage_id_once", fields=["adage_id"], condition=~Q(adage_id="")
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
    def poster(self) -> str:
        """Path under `static/` of the drawing that stands for its image (portal.md §5.2)."""
        return f"img/posters/{ACTIVITY_POSTERS.get(self.activity, 'festival')}.svg"

    @property
    def label_name(self) -> str:
        return VENUE_LABELS.get(self.label, "")

    @property
    def grouped_siret(self) -> str:
        return grouped(self.siret or "")

    @property
    def is_referenced_for_schools(self) -> bool:
        """ADAGE knows this very place; the right to address schools is the structure's."""
        return self.adage_id != ""


class OpeningRange(models.Model):
    """One interval of a weekday (0 = Monday) during which a venue is open; local minutes of day."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="opening_ranges")
    weekday = models.PositiveSmallIntegerField("jour")
    opens_minute = models.PositiveSmallIntegerField("ouverture")
    # 1440 is midnight at the end of the day.
    closes_minute = models.PositiveSmallIntegerField("fermeture")

    class Meta:
        verbose_name = "horaire d’ouverture"
        verbose_name_plural = "horaires d’ouverture"
        ordering = ["weekday", "opens_minute"]
        constraints = [
            models.CheckConstraint(
                name="opening_range_in_day",
                condition=Q(weekday__lte=6, closes_minute__lte=1440)
                & Q(opens_minute__lt=F("closes_minute")),
            ),
            models.UniqueConstraint(
                name="opening_range_once", fields=["venue", "weekday", "opens_minute"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens_minute}–{self.closes_minute}"


class TeacherInfo(models.Model):
    """What a venue tells teachers (portal.md D5, collective.md §2.14); every field is optional."""

    venue = models.OneToOneField(Venue, on_delete=models.CASCADE, related_name="teacher_info")
    description = models.TextField(
        "démarche d’éducation artistique et culturelle", max_length=500, blank=True
    )
    level_ids = models.JSONField("public cible", default=list, blank=True)
    domain_ids = models.JSONField("domaines", default=list, blank=True)
    website = WebAddressField("site internet", max_length=150, blank=True)
    partner_kind = models.CharField("catégorie", max_length=30, blank=True)
    legal_status = models.CharField("statut", max_length=30, blank=True)
    # Codes of départements, and the two places of passpro.reference.education.
    mobility = models.JSONField("zone de mobilité", default=list, blank=True)
    network_ids = models.JSONField("réseaux partenaires", default=list, blank=True)
    access_information = models.TextField("accès", max_length=500, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("e-mail", max_length=150, blank=True)
    updated_at = models.DateTimeField("modifié le", default=clock.now)

    class Meta:
        verbose_name = "information pour les enseignants"
        verbose_name_plural = "informations pour les enseignants"

    def __str__(self) -> str:
        return f"{self.venue}"
