"""Prices of events, dates and stocks."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from offers.models.offers import Offer
from offers.querysets import StockQuerySet
from passpro.kernel import clock


class PriceCategory(models.Model):
    """A labelled price of an event offer (« tarif »)."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="price_categories")
    label = models.CharField("intitulé", max_length=50)
    price_cents = models.PositiveIntegerField("prix en centimes")
    # API-240: how the partner's software calls it.
    provider_key = models.CharField("identifiant chez le partenaire", max_length=70, blank=True)

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
            models.UniqueConstraint(
                name="price_category_provider_key_once",
                fields=["offer", "provider_key"],
                condition=~Q(provider_key=""),
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
    # STK-80: each booking hands one of its activation codes out, until they expire.
    has_codes = models.BooleanField("avec codes d’activation", default=False, db_default=False)
    codes_expire_at = models.DateTimeField("expiration des codes", null=True, blank=True)
    # API-240; a deleted date gives its value back (API-243).
    provider_key = models.CharField("identifiant chez le partenaire", max_length=70, blank=True)
    # STK-07: version and projection of a screening.
    features = ArrayField(
        models.CharField(max_length=10),
        verbose_name="version et projection",
        default=list,
        blank=True,
        db_default=[],
    )
    # OFF-143: what people changed of a date that a partner keeps.
    hand_fields = ArrayField(
        models.CharField(max_length=30),
        verbose_name="changés à la main",
        default=list,
        blank=True,
        db_default=[],
    )
    deleted_at = models.DateTimeField("supprimée le", null=True, blank=True)
    created_at = models.DateTimeField("créée le", default=clock.now)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name = "date ou stock"
        verbose_name_plural = "dates et stocks"
        ordering = ["beginning_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="stock_provider_key_once",
                fields=["offer", "provider_key"],
                condition=~Q(provider_key="") & Q(deleted_at__isnull=True),
            ),
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
                name="stock_with_codes_is_counted",
                condition=Q(has_codes=False, codes_expire_at__isnull=True)
                | Q(has_codes=True, quantity__isnull=False, beginning_at__isnull=True),
                violation_error_message="Le nombre de places est celui des codes.",
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
