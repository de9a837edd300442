"""Offers taken from elsewhere: an agenda or a file of goods."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from offers.enums import BulkState, ImportKind
from offers.models.offers import Offer
from passpro.kernel import clock
from venues.models import Venue, VenueProvider


class OfferImport(models.Model):
    """What was read in an agenda or a file for a venue, and what became of it."""

    venue = models.ForeignKey(
        Venue, verbose_name="lieu", on_delete=models.CASCADE, related_name="offer_imports"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="demandé par",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    kind = models.CharField("origine", max_length=10, choices=ImportKind)
    # The number of the agenda, or the name of the file.
    source = models.CharField("agenda ou fichier", max_length=200)
    # Events or goods, as imports/… writes them; what could not be read, with its line.
    found = models.JSONField("lu", default=list)
    rejected = models.JSONField("lignes rejetées", default=list)
    created = models.PositiveIntegerField("offres créées", default=0)
    updated = models.PositiveIntegerField("offres mises à jour", default=0)
    created_at = models.DateTimeField("lu le", default=clock.now)
    applied_at = models.DateTimeField("importé le", null=True, blank=True)

    class Meta:
        verbose_name = "import d’offres"
        verbose_name_plural = "imports d’offres"
        ordering = ["-pk"]
        indexes = [models.Index(name="offer_import_of", fields=["venue", "-id"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.source}"


class ImportedOffer(models.Model):
    """How the source calls an offer, so that a second import finds it again."""

    offer = models.OneToOneField(
        Offer, verbose_name="offre", on_delete=models.CASCADE, related_name="imported"
    )
    venue = models.ForeignKey(Venue, verbose_name="lieu", on_delete=models.CASCADE)
    kind = models.CharField("origine", max_length=10, choices=ImportKind)
    key = models.CharField("identifiant à la source", max_length=255)
    # What the source said last: changes made by hand are kept when it says the same again.
    facts = models.JSONField("dernières données", default=dict)
    seen_at = models.DateTimeField("vue le", default=clock.now)

    class Meta:
        verbose_name = "offre importée"
        verbose_name_plural = "offres importées"
        constraints = [
            models.UniqueConstraint(name="imported_offer_once", fields=["venue", "key"]),
        ]

    def __str__(self) -> str:
        return self.key


class FeedRun(models.Model):
    """One reading of a software's feed of stocks for a venue, and what became of it (PRV-10)."""

    link = models.ForeignKey(
        VenueProvider,
        verbose_name="synchronisation",
        on_delete=models.CASCADE,
        related_name="feed_runs",
    )
    state = models.CharField("état", max_length=10, choices=BulkState, default=BulkState.RUNNING)
    read = models.PositiveIntegerField("lignes lues", default=0)
    created = models.PositiveIntegerField("offres créées", default=0)
    updated = models.PositiveIntegerField("offres mises à jour", default=0)
    emptied = models.PositiveIntegerField("offres qui ont quitté le flux", default=0)
    kept = models.PositiveIntegerField("offres synchronisées", default=0)
    refused = models.PositiveIntegerField("lignes refusées", default=0)
    # The first of them, as {line, text, why}.
    rejected = models.JSONField("détail des refus", default=list)
    failure = models.CharField("échec", max_length=300, blank=True)
    started_at = models.DateTimeField("début", default=clock.now)
    ended_at = models.DateTimeField("fin", null=True, blank=True)

    class Meta:
        verbose_name = "passage d’un flux"
        verbose_name_plural = "passages des flux"
        ordering = ["-pk"]
        indexes = [models.Index(name="feed_run_of", fields=["link", "-id"])]
        constraints = [
            models.UniqueConstraint(
                name="feed_run_one_at_a_time",
                fields=["link"],
                condition=Q(state__in=["WAITING", "RUNNING"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link} – {self.started_at:%d/%m/%Y %H:%M}"
