"""From a used booking to the amount owed: events, pricings, their lines and logs."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from bookings.models import Booking, BookingTransition
from collective.models import CollectiveBooking
from finance.enums import EventMotive, EventStatus, LineCategory, PricingLogReason, PricingStatus
from finance.models.incidents import BookingFinanceIncident
from finance.models.rules import CustomRule
from finance.querysets import FinanceEventQuerySet, PricingQuerySet
from finance.rates import RULES_BY_CODE
from passpro.kernel import clock
from venues.models import Venue


class FinanceEvent(models.Model):
    """A change that matters for money: of a booking (collected once from its transition), of a
    collective booking, or of a booking after its payment (an incident)."""

    transition = models.OneToOneField(
        BookingTransition, null=True, on_delete=models.PROTECT, related_name="finance_event"
    )
    booking = models.ForeignKey(
        Booking, null=True, on_delete=models.PROTECT, related_name="finance_events"
    )
    collective_booking = models.ForeignKey(
        CollectiveBooking, null=True, on_delete=models.PROTECT, related_name="finance_events"
    )
    incident_item = models.ForeignKey(
        BookingFinanceIncident, null=True, on_delete=models.PROTECT, related_name="finance_events"
    )
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="finance_events")
    pricing_point = models.ForeignKey(
        Venue, null=True, on_delete=models.PROTECT, related_name="priced_events"
    )
    motive = models.CharField("motif", max_length=40, choices=EventMotive)
    status = models.CharField("état", max_length=20, choices=EventStatus)
    value_at = models.DateTimeField("date de valeur")
    ordering_at = models.DateTimeField("date d’ordre", null=True)
    created_at = models.DateTimeField("créé le", default=clock.now)

    objects = FinanceEventQuerySet.as_manager()

    class Meta:
        verbose_name = "événement de finance"
        verbose_name_plural = "événements de finance"
        ordering = ["ordering_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="finance_event_one_link",
                condition=Q(
                    transition__isnull=False,
                    booking__isnull=False,
                    collective_booking__isnull=True,
                    incident_item__isnull=True,
                )
                | Q(
                    transition__isnull=True,
                    booking__isnull=True,
                    collective_booking__isnull=False,
                    incident_item__isnull=True,
                )
                | Q(
                    transition__isnull=True,
                    booking__isnull=True,
                    collective_booking__isnull=True,
                    incident_item__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="finance_event_one_live_per_booking",
                fields=["booking"],
                condition=Q(status__in=["PENDING", "READY", "PRICED"]),
            ),
            models.UniqueConstraint(
                name="finance_event_one_live_per_collective",
                fields=["collective_booking"],
                condition=Q(status__in=["PENDING", "READY", "PRICED"]),
            ),
            models.UniqueConstraint(
                name="finance_event_one_per_incident",
                fields=["incident_item", "motive"],
                condition=Q(status__in=["PENDING", "READY", "PRICED"]),
            ),
            models.CheckConstraint(
                name="finance_event_incident_motives",
                condition=Q(
                    incident_item__isnull=False,
                    motive__in=["INCIDENT_REVERSAL", "INCIDENT_NEW_PRICE", "INCIDENT_GESTURE"],
                )
                | (
                    Q(incident_item__isnull=True)
                    & ~Q(motive__in=["INCIDENT_REVERSAL", "INCIDENT_NEW_PRICE", "INCIDENT_GESTURE"])
                ),
            ),
            models.CheckConstraint(
                name="finance_event_pricing_point_matches_status",
                condition=Q(
                    status__in=["PENDING", "NOT_TO_BE_PRICED"],
                    pricing_point__isnull=True,
                    ordering_at__isnull=True,
                )
                | Q(
                    status__in=["READY", "PRICED"],
                    pricing_point__isnull=False,
                    ordering_at__isnull=False,
                )
                | Q(status="CANCELLED"),
            ),
            models.CheckConstraint(
                name="finance_event_trace_motives",
                condition=Q(
                    status="NOT_TO_BE_PRICED",
                    motive__in=["BOOKING_UNUSED", "BOOKING_CANCELLED_AFTER_USE"],
                )
                | (
                    ~Q(status="NOT_TO_BE_PRICED")
                    & ~Q(motive__in=["BOOKING_UNUSED", "BOOKING_CANCELLED_AFTER_USE"])
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="finance_event_ready",
                fields=["pricing_point", "ordering_at", "id"],
                condition=Q(status="READY"),
            ),
            models.Index(
                name="finance_event_order",
                fields=["pricing_point", "ordering_at", "id"],
                condition=Q(status="PRICED"),
            ),
            models.Index(
                name="finance_event_pending", fields=["venue"], condition=Q(status="PENDING")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motive} {self.booking_id or self.collective_booking_id or '–'}"


class Pricing(models.Model):
    """What we owe for one booking, by one rule (§6). Negative = outgoing (§0-2).

    Those of an incident have no booking of their own (§1): their event leads to it.
    """

    event = models.ForeignKey(FinanceEvent, on_delete=models.PROTECT, related_name="pricings")
    booking = models.ForeignKey(
        Booking, null=True, on_delete=models.PROTECT, related_name="pricings"
    )
    collective_booking = models.ForeignKey(
        CollectiveBooking, null=True, on_delete=models.PROTECT, related_name="pricings"
    )
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="pricings")
    pricing_point = models.ForeignKey(
        Venue, on_delete=models.PROTECT, related_name="pricings_at_point"
    )
    value_at = models.DateTimeField("date de valeur")
    amount_cents = models.BigIntegerField("montant en centimes")
    # A standard rule's code, or the custom rule.
    rule_code = models.CharField("règle", max_length=40, blank=True)
    custom_rule = models.ForeignKey(
        CustomRule,
        verbose_name="tarif dérogatoire",
        null=True,
        on_delete=models.PROTECT,
        related_name="pricings",
    )
    revenue_cents = models.BigIntegerField("chiffre d’affaires de l’année")
    status = models.CharField("état", max_length=12, choices=PricingStatus)
    created_at = models.DateTimeField("créée le", default=clock.now)

    objects = PricingQuerySet.as_manager()

    class Meta:
        verbose_name = "valorisation"
        verbose_name_plural = "valorisations"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="pricing_one_live_per_booking",
                fields=["booking"],
                condition=~Q(status="CANCELLED"),
            ),
            models.UniqueConstraint(
                name="pricing_one_live_per_collective",
                fields=["collective_booking"],
                condition=~Q(status="CANCELLED"),
            ),
            models.CheckConstraint(
                name="pricing_of_one_booking",
                condition=Q(booking__isnull=True) | Q(collective_booking__isnull=True),
            ),
            models.UniqueConstraint(
                name="pricing_one_live_per_event",
                fields=["event"],
                condition=~Q(status="CANCELLED"),
            ),
            models.CheckConstraint(
                name="pricing_revenue_not_negative", condition=Q(revenue_cents__gte=0)
            ),
            models.CheckConstraint(
                name="pricing_has_one_rule",
                condition=(~Q(rule_code="") & Q(custom_rule__isnull=True))
                | Q(rule_code="", custom_rule__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="pricing_to_pay",
                fields=["venue", "value_at"],
                condition=Q(status="VALIDATED"),
            ),
            models.Index(name="pricing_processed", fields=["id"], condition=Q(status="PROCESSED")),
            models.Index(name="pricing_revenue", fields=["pricing_point", "value_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id or self.event_id} {self.amount_cents}"

    @property
    def paid_cents(self) -> int:
        """As venues read it: positive = received."""
        return -self.amount_cents

    @property
    def is_incident(self) -> bool:
        return self.event.incident_item_id is not None

    @property
    def individual(self) -> Booking | None:
        """The booking it pays, or corrects."""
        item = self.event.incident_item
        return item.booking if item else self.booking

    @property
    def collective(self) -> CollectiveBooking | None:
        item = self.event.incident_item
        return item.collective_booking if item else self.collective_booking

    @property
    def title(self) -> str:
        """Of the offer."""
        if self.individual is not None:
            return self.individual.offer.title
        assert self.collective is not None  # finance_event_one_link
        return self.collective.stock.offer.title

    @property
    def gross_cents(self) -> int:
        """Amount before scale: of the booking, taken back, or given again after an incident."""
        if (item := self.event.incident_item) is not None:
            is_reversal = self.event.motive == EventMotive.INCIDENT_REVERSAL
            return -item.old_total_cents if is_reversal else item.new_total_cents
        if self.booking is not None:
            return self.booking.total_cents
        assert self.collective is not None  # finance_event_one_link
        return self.collective.stock.price_cents

    @property
    def rate(self) -> Decimal | None:
        """Of its rule; None under a fixed amount."""
        if self.custom_rule is not None:
            return self.custom_rule.rate
        return RULES_BY_CODE[self.rule_code].rate


class PricingLine(models.Model):
    """Part of a pricing; a deferred trigger holds « amount = sum of its lines »."""

    pricing = models.ForeignKey(Pricing, on_delete=models.CASCADE, related_name="lines")
    category = models.CharField("catégorie", max_length=24, choices=LineCategory)
    amount_cents = models.BigIntegerField("montant en centimes")

    class Meta:
        verbose_name = "ligne de valorisation"
        verbose_name_plural = "lignes de valorisation"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="pricing_line_one_per_category", fields=["pricing", "category"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.amount_cents}"


class PricingLog(models.Model):
    """One row per change of a pricing's state; deleted with it (§4.3)."""

    pricing = models.ForeignKey(Pricing, on_delete=models.CASCADE, related_name="logs")
    before = models.CharField("état avant", max_length=12, choices=PricingStatus)
    after = models.CharField("état après", max_length=12, choices=PricingStatus)
    reason = models.CharField("motif", max_length=20, choices=PricingLogReason)
    at = models.DateTimeField("date", default=clock.now)

    class Meta:
        verbose_name = "changement d’état d’une valorisation"
        verbose_name_plural = "changements d’état des valorisations"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
