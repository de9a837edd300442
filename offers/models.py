"""Offers, their prices and their dates or stock."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from offers.enums import (
    DisplayStatus,
    ModerationField,
    ModerationOperator,
    OfferValidation,
    WithdrawalType,
)
from offers.querysets import OfferQuerySet, SelectionQuerySet, StockQuerySet
from offers.search import vector
from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from passpro.reference.categories import Subcategory, subcategory
from venues.models import Venue


class Offer(models.Model):
    """What a venue proposes to young people (« offre individuelle »)."""

    venue = models.ForeignKey(
        Venue, verbose_name="lieu", on_delete=models.PROTECT, related_name="offers"
    )
    subcategory_id = models.CharField("sous-catégorie", max_length=40)
    title = models.CharField("titre", max_length=140)
    description = models.TextField("description", max_length=10_000, blank=True)
    extra_data = models.JSONField("informations artistiques", default=dict, blank=True)
    duration_minutes = models.PositiveIntegerField("durée en minutes", null=True, blank=True)
    url = models.URLField("lien d’accès", max_length=255, blank=True)
    validation = models.CharField(
        "validation", max_length=10, choices=OfferValidation, default=OfferValidation.DRAFT
    )
    is_active = models.BooleanField("active", default=False)
    publication_at = models.DateTimeField("publication", null=True, blank=True)
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
    # Lower case without accents: title, venue, subcategory (no unaccent extension, see ADR).
    search_text = models.TextField("texte de recherche", blank=True, editable=False)
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
                name="offer_withdrawal_delay_matches_type",
                condition=Q(
                    withdrawal_type__in=["", "no_ticket"], withdrawal_delay_seconds__isnull=True
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
            GinIndex(vector(), name="offer_search"),
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


class PriceCategory(models.Model):
    """A labelled price of an event offer (« tarif »)."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="price_categories")
    label = models.CharField("intitulé", max_length=50)
    price_cents = models.PositiveIntegerField("prix en centimes")

    class Meta:
        verbose_name = "tarif"
        verbose_name_plural = "tarifs"
        ordering = ["-price_cents", "label", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="price_category_once",
                fields=["offer", "label", "price_cents"],
                # At commit: two prices may swap their labels in one save of the form.
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message="Ce tarif existe déjà pour cette offre.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Stock(models.Model):
    """One sellable line: a (date, price category) of an event, or the single line of a good."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="stocks")
    price_category = models.ForeignKey(
        PriceCategory, null=True, blank=True, on_delete=models.RESTRICT, related_name="stocks"
    )
    beginning_at = models.DateTimeField("début", null=True, blank=True)
    booking_limit_at = models.DateTimeField("date limite de réservation", null=True, blank=True)
    # Price of coming bookings; for an event a copy of its category: one read is enough.
    price_cents = models.PositiveIntegerField("prix en centimes")
    quantity = models.PositiveIntegerField("places", null=True, blank=True)
    booked_quantity = models.PositiveIntegerField("places réservées", default=0)
    deleted_at = models.DateTimeField("supprimée le", null=True, blank=True)
    created_at = models.DateTimeField("créée le", default=clock.now)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name = "date ou stock"
        verbose_name_plural = "dates et stocks"
        ordering = ["beginning_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="stock_never_oversold",
                condition=Q(quantity__isnull=True) | Q(booked_quantity__lte=F("quantity")),
                violation_error_message="Il y a déjà plus de places réservées que cela.",
            ),
            models.CheckConstraint(
                name="stock_limit_not_after_beginning",
                condition=Q(beginning_at__isnull=True)
                | Q(booking_limit_at__isnull=True)
                | Q(booking_limit_at__lte=F("beginning_at")),
                violation_error_message="La date limite ne peut pas suivre le début.",
            ),
            models.CheckConstraint(
                name="stock_dated_has_price_category",
                condition=Q(beginning_at__isnull=True, price_category__isnull=True)
                | Q(beginning_at__isnull=False, price_category__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="stock_live_of_offer",
                fields=["offer", "beginning_at"],
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                name="stock_beginning",
                fields=["beginning_at"],
                condition=Q(beginning_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} – {self.beginning_at or 'stock'}"

    @property
    def remaining(self) -> int | None:
        """Places left, None when unlimited (STK-94)."""
        return None if self.quantity is None else self.quantity - self.booked_quantity

    def is_bookable(self, now: datetime) -> bool:
        """STK-60 without the offer's state: not deleted, not started, limit ahead, a place left."""
        return (
            self.deleted_at is None
            and (self.beginning_at is None or self.beginning_at > now)
            and (self.booking_limit_at is None or self.booking_limit_at > now)
            and (self.remaining is None or self.remaining > 0)
        )


class ModerationRule(models.Model):
    """A rule that holds an offer back at publication when all its conditions are true (MOD-02)."""

    name = models.CharField("nom", max_length=140, unique=True)
    is_on = models.BooleanField("active", default=False)
    created_at = models.DateTimeField("créée le", default=clock.now)
    switched_at = models.DateTimeField("activée ou arrêtée le", null=True, blank=True)

    class Meta:
        verbose_name = "règle de contrôle"
        verbose_name_plural = "règles de contrôle"
        ordering = ["-is_on", "name"]

    def __str__(self) -> str:
        return self.name


class ModerationCondition(models.Model):
    """One condition of a rule: a field of the offer, a comparison, a value."""

    rule = models.ForeignKey(ModerationRule, on_delete=models.CASCADE, related_name="conditions")
    field = models.CharField("champ", max_length=12, choices=ModerationField)
    operator = models.CharField("comparaison", max_length=12, choices=ModerationOperator)
    value = models.TextField(
        "valeur",
        max_length=10_000,
        help_text="Mots ou codes séparés par des virgules ; un prix s’écrit en euros.",
    )

    class Meta:
        verbose_name = "condition"
        verbose_name_plural = "conditions"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="moderation_value_given", condition=~Q(value="")),
        ]

    def __str__(self) -> str:
        field, operator = self.get_field_display(), self.get_operator_display()
        return f"{field} {operator} « {self.value} »"


class OfferFlag(models.Model):
    """Why an offer was held back: the rule, and its conditions as they were then."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="flags")
    rule = models.ForeignKey(
        ModerationRule, null=True, on_delete=models.SET_NULL, related_name="flags"
    )
    rule_name = models.CharField("règle", max_length=140)
    why = models.TextField("conditions")
    at = models.DateTimeField("date", default=clock.now)

    class Meta:
        verbose_name = "motif de contrôle"
        verbose_name_plural = "motifs de contrôle"
        ordering = ["-at", "pk"]

    def __str__(self) -> str:
        return self.rule_name


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
