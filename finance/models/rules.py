"""Custom rules of reimbursement (« tarifs dérogatoires », §7)."""

from datetime import date, timedelta
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from finance.models.bank import never_overlap
from finance.querysets import PeriodQuerySet
from finance.simulation import CustomTerms
from offers.models import Offer
from passpro.kernel import clock, money
from venues.models import Offerer, Venue


class CustomRule(models.Model):
    """A rate for a structure or a pricing point, or an amount per unit for an offer, in a period.

    Never changed but for its end; who made it and why is in its history.
    """

    offer = models.ForeignKey(
        Offer,
        verbose_name="offre",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="custom_rules",
    )
    venue = models.ForeignKey(
        Venue,
        verbose_name="lieu avec SIRET",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="custom_rules",
    )
    offerer = models.ForeignKey(
        Offerer,
        verbose_name="structure",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="custom_rules",
    )
    # Empty: all of them. Ignored for an offer.
    subcategories = ArrayField(
        models.CharField(max_length=60), verbose_name="sous-catégories", default=list, blank=True
    )
    rate = models.DecimalField("taux", max_digits=5, decimal_places=4, null=True, blank=True)
    amount_cents = models.PositiveIntegerField("montant en centimes", null=True, blank=True)
    started_at = models.DateTimeField("depuis")
    ended_at = models.DateTimeField("jusqu’à", null=True, blank=True)
    created_at = models.DateTimeField("créé le", default=clock.now)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "tarif dérogatoire"
        verbose_name_plural = "tarifs dérogatoires"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="custom_rule_one_scope",
                condition=Q(offer__isnull=False, venue__isnull=True, offerer__isnull=True)
                | Q(offer__isnull=True, venue__isnull=False, offerer__isnull=True)
                | Q(offer__isnull=True, venue__isnull=True, offerer__isnull=False),
            ),
            models.CheckConstraint(
                name="custom_rule_rate_or_amount",
                condition=Q(offer__isnull=False, rate__isnull=True, amount_cents__gt=0)
                | Q(offer__isnull=True, rate__gt=0, rate__lte=1, amount_cents__isnull=True),
            ),
            models.CheckConstraint(
                name="custom_rule_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("started_at")),
            ),
            never_overlap(
                "custom_rule_offer_no_overlap", "offer", condition=Q(offer__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                name="custom_rule_of_venue", fields=["venue"], condition=Q(venue__isnull=False)
            ),
            models.Index(
                name="custom_rule_of_offerer",
                fields=["offerer"],
                condition=Q(offerer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Tarif dérogatoire n° {self.pk}"

    @property
    def scope(self) -> str:
        if self.offer_id:
            return "offer"
        return "venue" if self.venue_id else "structure"

    @property
    def subject(self) -> Offer | Venue | Offerer:
        """What it applies to."""
        found = self.offer or self.venue or self.offerer
        assert found is not None  # custom_rule_one_scope
        return found

    @property
    def last_day(self) -> date | None:
        """Shown back as it was typed (§7.1-5)."""
        return clock.paris_day(self.ended_at - timedelta(microseconds=1)) if self.ended_at else None

    @property
    def first_day(self) -> date:
        return clock.paris_day(self.started_at)

    @property
    def words(self) -> str:
        """« 98 % » or « 12,00 € »."""
        from finance.rates import percent

        if self.amount_cents is not None:
            return money.euros(self.amount_cents)
        return percent(self.rate or Decimal(0))

    def meets(self, other: "CustomRule") -> bool:
        """§7.3-2: a common date, and a common subcategory (no list = all)."""
        is_same_time = (other.ended_at is None or other.ended_at > self.started_at) and (
            self.ended_at is None or self.ended_at > other.started_at
        )
        mine, theirs = set(self.subcategories), set(other.subcategories)
        return is_same_time and (not mine or not theirs or bool(mine & theirs))

    def as_terms(self) -> CustomTerms:
        return CustomTerms(
            scope=self.scope,
            rate=self.rate,
            amount_cents=self.amount_cents,
            from_at=self.started_at,
            until_at=self.ended_at,
            subcategories=frozenset(self.subcategories),
        )
