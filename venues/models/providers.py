"""Partners that work for venues through the API or a feed, and who authorised them (§9)."""

import secrets

from django.db import models
from django.db.models import Q

from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from passpro.kernel.columns import WebAddressField
from venues.enums import ProviderKind, VenueProviderStatus
from venues.models.offerers import Offerer
from venues.models.venues import Venue
from venues.querysets import ProviderQuerySet, VenueProviderQuerySet


def new_signing_key() -> str:
    """Key with which we sign what we send to a partner (PRV-01)."""
    return secrets.token_hex(32)


class Provider(models.Model):
    """A technical partner (« logiciel ») listed for venues to choose from."""

    name = models.CharField("nom", max_length=140, unique=True)
    kind = models.CharField("type", max_length=16, choices=ProviderKind)
    summary = models.CharField("en une phrase", max_length=200, blank=True)
    offerer = models.ForeignKey(
        Offerer,
        verbose_name="structure éditrice",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="providers",
    )
    is_active = models.BooleanField("actif", default=True)
    is_listed = models.BooleanField("proposé aux lieux", default=True)
    phone = models.CharField("téléphone de contact", max_length=20, blank=True)
    contact_email = models.EmailField("e-mail de contact", max_length=120, blank=True)
    notification_email = models.EmailField("e-mail de notification", max_length=120, blank=True)
    documentation_url = WebAddressField("documentation", max_length=1024, blank=True)
    notification_url = WebAddressField("adresse de notification", max_length=1024, blank=True)
    booking_url = WebAddressField("adresse de réservation", max_length=1024, blank=True)
    cancel_url = WebAddressField("adresse d’annulation", max_length=1024, blank=True)
    # PRV-10: where its shops' stocks are read, and with which token; empty when it uses our API.
    feed_url = WebAddressField("adresse du flux de stocks", max_length=1024, blank=True)
    feed_token = models.CharField("jeton du flux", max_length=200, blank=True)
    feed_in_cents = models.BooleanField("prix du flux en centimes", default=False)
    signing_key = models.CharField("clé de signature", max_length=64, default=new_signing_key)
    created_at = models.DateTimeField("créé le", default=clock.now)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = "partenaire technique"
        verbose_name_plural = "partenaires techniques"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="provider_both_ticketing_urls",
                condition=Q(booking_url="", cancel_url="")
                | ~(Q(booking_url="") | Q(cancel_url="")),
                violation_error_message="Donnez les deux adresses de billetterie, ou aucune.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_feed(self) -> bool:
        """We read its stocks; any other software calls our API (PRV-04)."""
        return self.feed_url != ""

    @property
    def initial(self) -> str:
        """What stands for a logo."""
        return self.name[:1].upper()


class CinemaPivot(models.Model):
    """How a cinema’s software calls a venue; the team types it before it is chosen (PRV-05)."""

    venue = models.ForeignKey(
        Venue, verbose_name="lieu", on_delete=models.CASCADE, related_name="cinema_pivots"
    )
    provider = models.ForeignKey(
        Provider, verbose_name="logiciel", on_delete=models.PROTECT, related_name="cinema_pivots"
    )
    identifier = models.CharField("identifiant du cinéma", max_length=70)
    created_at = models.DateTimeField("enregistré le", default=clock.now)

    class Meta:
        verbose_name = "identifiant de cinéma"
        verbose_name_plural = "identifiants de cinéma"
        ordering = ["venue__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="cinema_pivot_once",
                fields=["venue", "provider"],
                violation_error_message="Ce lieu a déjà un identifiant chez ce logiciel.",
            ),
            models.UniqueConstraint(
                name="cinema_pivot_identifier_once",
                fields=["provider", "identifier"],
                violation_error_message="Un autre lieu porte déjà cet identifiant.",
            ),
            models.CheckConstraint(
                name="cinema_pivot_has_identifier", condition=~models.Q(identifier="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue} – {self.identifier}"

    @property
    def is_used(self) -> bool:
        """A live link goes by it: it stays as it is."""
        links = self.provider.venue_links.filter(venue=self.venue)
        return links.exclude(status=VenueProviderStatus.REVOKED).exists()


class VenueProvider(models.Model):
    """A venue authorises a partner; one live link a venue (PRV-03). Its rows are never deleted."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="provider_links")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="venue_links")
    status = models.CharField("état", max_length=8, choices=VenueProviderStatus)
    account = models.CharField("identifiant chez le partenaire", max_length=70, blank=True)
    # Each goes before that of the partner (API-250).
    notification_url = WebAddressField("adresse de notification", max_length=1024, blank=True)
    booking_url = WebAddressField("adresse de réservation", max_length=1024, blank=True)
    cancel_url = WebAddressField("adresse d’annulation", max_length=1024, blank=True)
    # Seed 000: whom the software and the team call about this venue.
    phone = models.CharField("téléphone de contact", max_length=20, blank=True)
    contact_email = models.EmailField("e-mail de contact", max_length=120, blank=True)
    notification_email = models.EmailField("e-mail de notification", max_length=120, blank=True)
    created_at = models.DateTimeField("autorisé le", default=clock.now)
    last_used_at = models.DateTimeField("dernier appel", null=True, blank=True)
    # PRV-07: for new offers whose price or quantity the feed does not say.
    new_price_cents = models.PositiveIntegerField(
        "prix des nouvelles offres en centimes", null=True, blank=True
    )
    new_quantity = models.PositiveIntegerField(
        "quantité des nouvelles offres", null=True, blank=True
    )

    objects = VenueProviderQuerySet.as_manager()

    class Meta:
        verbose_name = "synchronisation"
        verbose_name_plural = "synchronisations"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="venue_provider_once", fields=["venue", "provider"]),
            models.UniqueConstraint(
                name="venue_provider_one_live",
                fields=["venue"],
                condition=~Q(status="REVOKED"),
                violation_error_message="Ce lieu a déjà une synchronisation.",
            ),
            models.CheckConstraint(
                name="venue_provider_both_ticketing_urls",
                condition=Q(booking_url="", cancel_url="")
                | ~(Q(booking_url="") | Q(cancel_url="")),
                violation_error_message="Donnez les deux adresses de billetterie, ou aucune.",
            ),
        ]
        indexes = [
            models.Index(
                name="venue_provider_active",
                fields=["provider", "venue"],
                condition=Q(status="ACTIVE"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} – {self.venue}"


class VenueProviderTransition(TransitionLog):
    link = models.ForeignKey(VenueProvider, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’une synchronisation"
        verbose_name_plural = "changements d’état des synchronisations"
        indexes = [models.Index(name="venue_provider_log", fields=["link", "at"])]
