"""What is corrected after a payment: overpayments and commercial gestures (§15)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bookings.models import Booking
from collective.models import CollectiveBooking
from finance.enums import IncidentKind, IncidentStatus
from finance.querysets import IncidentQuerySet
from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from venues.models import Venue


class FinanceIncident(models.Model):
    """Bookings of one venue corrected together: one person proposes, another one validates."""

    kind = models.CharField("nature", max_length=24, choices=IncidentKind)
    status = models.CharField(
        "état", max_length=12, choices=IncidentStatus, default=IncidentStatus.CREATED
    )
    venue = models.ForeignKey(
        Venue, verbose_name="lieu", on_delete=models.PROTECT, related_name="finance_incidents"
    )
    origin = models.TextField("origine de la demande")
    forces_debit_note = models.BooleanField("note de débit demandée", default=False)
    created_at = models.DateTimeField("créé le", default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="proposé par",
        on_delete=models.PROTECT,
        related_name="+",
    )
    validated_at = models.DateTimeField("validé le", null=True, blank=True)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="validé par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "incident"
        verbose_name_plural = "incidents"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="incident_two_different_people",
                condition=Q(validated_by__isnull=True) | ~Q(validated_by=F("created_by")),
                violation_error_message="Une autre personne doit valider cet incident.",
            ),
            models.CheckConstraint(
                name="incident_validated_facts",
                condition=Q(
                    status="VALIDATED", validated_at__isnull=False, validated_by__isnull=False
                )
                | (
                    ~Q(status="VALIDATED") & Q(validated_at__isnull=True, validated_by__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="incident_kind_chosen",
                condition=Q(kind__in=["OVERPAYMENT", "COMMERCIAL_GESTURE"]),
            ),
            models.CheckConstraint(
                name="incident_gesture_has_no_debit_note",
                condition=Q(kind="OVERPAYMENT") | Q(forces_debit_note=False),
            ),
        ]
        indexes = [
            models.Index(name="incident_queue", fields=["status", "created_at"]),
        ]

    def __str__(self) -> str:
        return f"Incident n° {self.pk}"


class FinanceIncidentLog(TransitionLog):
    incident = models.ForeignKey(FinanceIncident, on_delete=models.CASCADE, related_name="logs")

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’un incident"
        verbose_name_plural = "changements d’état des incidents"


class BookingFinanceIncident(models.Model):
    """One booking of an incident, with what it should have cost, in cents.

    Of a commercial gesture, what the venue receives for it (§15.4).
    """

    incident = models.ForeignKey(FinanceIncident, on_delete=models.PROTECT, related_name="items")
    booking = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    collective_booking = models.ForeignKey(
        CollectiveBooking, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    # Of the booking when the incident was proposed.
    old_total_cents = models.PositiveBigIntegerField("montant de la réservation en centimes")
    new_total_cents = models.PositiveBigIntegerField("nouveau montant en centimes")
    # False once its incident is cancelled: another may then be proposed.
    is_live = models.BooleanField("en cours", default=True)

    class Meta:
        verbose_name = "réservation d’un incident"
        verbose_name_plural = "réservations d’un incident"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="incident_item_one_link",
                condition=Q(booking__isnull=False, collective_booking__isnull=True)
                | Q(booking__isnull=True, collective_booking__isnull=False),
            ),
            models.UniqueConstraint(
                name="incident_item_one_live_per_booking",
                fields=["booking"],
                condition=Q(is_live=True),
            ),
            models.UniqueConstraint(
                name="incident_item_one_live_per_collective",
                fields=["collective_booking"],
                condition=Q(is_live=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident} – {self.booking or self.collective_booking}"

    @property
    def lowered_cents(self) -> int:
        """« Due before scale »: by how much the booking is lowered (§15.3)."""
        return self.old_total_cents - self.new_total_cents
