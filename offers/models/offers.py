"""Offers: what a venue proposes to young people."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform

from offers.enums import DisplayStatus, OfferValidation, WithdrawalType
from offers.models.films import Film
from offers.querysets import OfferQuerySet
from offers.search import generated_vector
from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from passpro.kernel.columns import WebAddressField
from passpro.kernel.images import WithImage
from passpro.reference.categories import Subcategory, subcategory
from venues.enums import ProviderKind
from venues.models import Address, KnownAddress, Provider, Venue, VenueTag
from venues.positions import flat_point

if TYPE_CHECKING:
    from offers.models.stocks import Stock


class Offer(Address, WithImage):
    """What a venue proposes to young people (« offre individuelle »).

    Its own address is empty when it takes place at its venue: read `place`.
    """

    venue = models.ForeignKey(
        Venue, verbose_name="lieu", on_delete=models.PROTECT, related_name="offers"
    )
    subcategory_id = models.CharField("sous-catégorie", max_length=40)
    title = models.CharField("titre", max_length=140)
    description = models.TextField("description", max_length=10_000, blank=True)
    extra_data = models.JSONField("informations artistiques", default=dict, blank=True)
    duration_minutes = models.PositiveIntegerField("durée en minutes", null=True, blank=True)
    # As long as partners may send; the portal's form takes 255 signs.
    url = models.URLField("lien d’accès", max_length=2083, blank=True)
    # OFF-07: for people without credit.
    public_url = WebAddressField("lien pour le grand public", max_length=2083, blank=True)
    video_url = WebAddressField("vidéo", max_length=2083, blank=True)
    address_label = models.CharField("nom de l’endroit", max_length=200, blank=True)
    ban_id = models.CharField("identifiant d’adresse (BAN)", max_length=40, blank=True)
    # How the partner API names the address of an offer that is elsewhere (API-140).
    known_address = models.ForeignKey(
        KnownAddress,
        verbose_name="adresse connue",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offers",
    )
    # OFF-18: who made it, and how that partner calls it; empty when made by hand.
    provider = models.ForeignKey(
        Provider,
        verbose_name="créée par le partenaire",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offers",
    )
    # Of the team (§14.2); a copy of the offer starts without.
    tags: models.ManyToManyField = models.ManyToManyField(
        VenueTag, verbose_name="étiquettes", related_name="offers", blank=True
    )
    provider_key = models.CharField("identifiant chez le partenaire", max_length=70, blank=True)
    # API-191: what is screened, when a cinema's software said so.
    film = models.ForeignKey(
        Film,
        verbose_name="film",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offers",
    )
    # OFF-143: what people changed of an offer that a partner keeps.
    hand_fields = ArrayField(
        models.CharField(max_length=30),
        verbose_name="changés à la main",
        default=list,
        blank=True,
        db_default=[],
    )
    validation = models.CharField(
        "validation", max_length=10, choices=OfferValidation, default=OfferValidation.DRAFT
    )
    is_active = models.BooleanField("active", default=False)
    publication_at = models.DateTimeField("publication", null=True, blank=True)
    # API-61: shown before, booked from then on.
    booking_allowed_at = models.DateTimeField("réservable à partir de", null=True, blank=True)
    is_duo = models.BooleanField("réservation duo", default=False)
    withdrawal_type = models.CharField(
        "retrait des billets", max_length=10, choices=WithdrawalType, blank=True
    )
    withdrawal_delay_seconds = models.PositiveIntegerField(
        "délai de retrait", null=True, blank=True
    )
    withdrawal_details = models.TextField("modalités de retrait", max_length=500, blank=True)
    booking_contact = models.EmailField("contact donné au bénéficiaire", max_length=120, blank=True)
    notification_email = models.EmailField("e-mail de notification", max_length=120, blank=True)
    visual_accessible = models.BooleanField("handicap visuel", null=True, blank=True)
    mental_accessible = models.BooleanField("handicap psychique ou cognitif", null=True, blank=True)
    motor_accessible = models.BooleanField("handicap moteur", null=True, blank=True)
    audio_accessible = models.BooleanField("handicap auditif", null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="auteur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Lower case without accents, by offers.search (no unaccent extension, see ADR 2).
    search_text = models.TextField("texte de recherche", blank=True, editable=False)
    search_vector = models.GeneratedField(
        verbose_name="mots de recherche",
        expression=generated_vector(),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    created_at = models.DateTimeField("créée le", default=clock.now)
    updated_at = models.DateTimeField("modifiée le", default=clock.now)
    validated_at = models.DateTimeField("validée le", null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = "offre"
        verbose_name_plural = "offres"
        ordering = ["-pk"]
        permissions = [("decide_offer", "Peut valider ou refuser une offre")]
        constraints = [
            models.CheckConstraint(
                name="offer_active_only_when_approved",
                condition=Q(is_active=False) | Q(validation="APPROVED"),
                violation_error_message="Seule une offre validée peut être active.",
            ),
            models.CheckConstraint(
                name="offer_approved_has_dates",
                condition=~Q(validation="APPROVED")
                | Q(validated_at__isnull=False, publication_at__isnull=False),
            ),
            models.CheckConstraint(
                name="offer_key_of_a_provider",
                condition=Q(provider__isnull=False) | Q(provider_key=""),
            ),
            models.UniqueConstraint(
                name="offer_provider_key_once",
                fields=["venue", "provider_key"],
                condition=~Q(provider_key=""),
                violation_error_message="Ce lieu a déjà une offre avec cet identifiant.",
            ),
            models.CheckConstraint(
                name="offer_own_address_whole",
                condition=Q(street="", postal_code="", city="", latitude__isnull=True)
                | ~(Q(postal_code="") | Q(city="")),
                violation_error_message="Une autre adresse a au moins un code postal et une ville.",
            ),
            models.CheckConstraint(
                name="offer_withdrawal_delay_matches_type",
                condition=Q(
                    withdrawal_type__in=["", "no_ticket", "in_app"],
                    withdrawal_delay_seconds__isnull=True,
                )
                | Q(
                    withdrawal_type__in=["by_email", "on_site"],
                    withdrawal_delay_seconds__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(name="offer_venue", fields=["venue", "-id"]),
            models.Index(
                name="offer_released",
                fields=["publication_at"],
                condition=Q(is_active=True, validation="APPROVED"),
            ),
            models.Index(
                name="offer_under_review",
                fields=["updated_at"],
                condition=Q(validation="PENDING"),
            ),
            models.Index(KeyTransform("ean", "extra_data"), name="offer_ean"),
            GinIndex(fields=["search_vector"], name="offer_search"),
            GistIndex(flat_point(), name="offer_position", condition=Q(latitude__isnull=False)),
            models.Index(
                name="offer_unplaced",
                fields=["department_code"],
                condition=Q(latitude__isnull=True) & ~Q(city=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subcategory(self) -> Subcategory:
        return subcategory(self.subcategory_id)

    @property
    def is_event(self) -> bool:
        return self.subcategory.is_event

    @property
    def is_digital(self) -> bool:
        return self.url != ""

    @property
    def is_ticketed(self) -> bool:
        """A partner's ticketing sells its places (API-270)."""
        return self.withdrawal_type == WithdrawalType.IN_APP

    @property
    def is_elsewhere(self) -> bool:
        """« À une autre adresse » (seed 004)."""
        return self.city != ""

    @property
    def place(self) -> Address:
        """Whose address counts: its own, else its venue’s."""
        return self if self.is_elsewhere else self.venue

    @property
    def place_name(self) -> str:
        """How young people call where it takes place."""
        return self.address_label if self.is_elsewhere else self.venue.shown_name

    @property
    def time_zone(self) -> str:
        """Zone of the venue, of the structure when it is virtual (0.3.1, 0.3.2), always."""
        venue = self.venue
        return venue.time_zone if venue.department_code else venue.offerer.time_zone

    @property
    def is_limited(self) -> bool:
        """§2.14: a partner's software keeps it, the portal changes little of it.

        An agenda is only where a draft began; drafts are completed by hand whoever began them.
        """
        return (
            self.provider is not None
            and self.provider.kind != ProviderKind.CALENDAR
            and self.validation != OfferValidation.DRAFT
        )

    @property
    def can_be_edited(self) -> bool:
        """Frozen while under review and once refused (OFF-103)."""
        return self.validation in {OfferValidation.DRAFT, OfferValidation.APPROVED}

    def is_released(self, now: datetime) -> bool:
        """OFF-96: approved, active, publication instant reached, structure active and validated."""
        return (
            self.is_active
            and self.validation == OfferValidation.APPROVED
            and self.publication_at is not None
            and self.publication_at <= now
            and self.venue.offerer.is_visible
        )

    def is_open_to_booking(self, now: datetime) -> bool:
        """Released, and its bookings have begun (API-61)."""
        opened = self.booking_allowed_at is None or self.booking_allowed_at <= now
        return opened and self.is_released(now)

    def display_status_from(self, stocks: "Iterable[Stock]", now: datetime) -> DisplayStatus:
        """The Python twin of `with_display_status`: first matching line of §2.9 wins.

        `stocks` are all the stocks of the offer, deleted ones included or not.
        """
        if self.validation != OfferValidation.APPROVED:
            return DisplayStatus(self.validation)
        if not self.is_active:
            return DisplayStatus.INACTIVE
        if self.publication_at is not None and self.publication_at > now:
            return DisplayStatus.SCHEDULED
        live = [stock for stock in stocks if stock.deleted_at is None]
        if live and all(stock.booking_limit_at and stock.booking_limit_at <= now for stock in live):
            return DisplayStatus.EXPIRED
        if not any(
            (stock.beginning_at is None or stock.beginning_at > now)
            and (stock.remaining is None or stock.remaining > 0)
            for stock in live
        ):
            return DisplayStatus.SOLD_OUT
        return DisplayStatus.ACTIVE


class OfferTransition(TransitionLog):
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’une offre"
        verbose_name_plural = "changements d’état des offres"
        indexes = [models.Index(name="offer_transition_of", fields=["offer", "at"])]
