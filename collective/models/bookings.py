"""Pre-bookings of teachers, confirmed or refused by the head of school (collective.md §2.6)."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from collective.enums import BookingStatus, CancellationReason
from collective.models.offers import CollectiveStock
from collective.models.schools import Institution, Redactor, SchoolBudget, SchoolYear
from collective.querysets import CollectiveBookingQuerySet
from passpro.kernel import clock
from venues.models import Venue


class CollectiveBooking(models.Model):
    """A class comes: PENDING until the head confirms, then on to its payment."""

    stock = models.ForeignKey(CollectiveStock, on_delete=models.PROTECT, related_name="bookings")
    # Copied when pre-booked.
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="bookings")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    redactor = models.ForeignKey(Redactor, on_delete=models.PROTECT, related_name="bookings")
    budget = models.ForeignKey(
        SchoolBudget, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    status = models.CharField("état", max_length=10, choices=BookingStatus)
    created_at = models.DateTimeField("préréservée le", default=clock.now)
    confirmation_limit_at = models.DateTimeField("à confirmer avant le")
    cancellation_limit_at = models.DateTimeField("annulable par l’établissement jusqu’au")
    confirmed_at = models.DateTimeField("confirmée le", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)
    cancellation_reason = models.CharField(
        "motif d’annulation", max_length=40, choices=CancellationReason, blank=True
    )
    used_at = models.DateTimeField("effectuée le", null=True, blank=True)
    reimbursed_at = models.DateTimeField("payée le", null=True, blank=True)

    objects = CollectiveBookingQuerySet.as_manager()

    class Meta:
        verbose_name = "réservation scolaire"
        verbose_name_plural = "réservations scolaires"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="collective_booking_one_live",
                fields=["stock"],
                condition=~Q(status="CANCELLED"),
                violation_error_message="Cette offre est déjà préréservée.",
            ),
            models.CheckConstraint(
                name="collective_booking_cancelled_facts",
                condition=Q(status="CANCELLED", cancelled_at__isnull=False)
                & ~Q(cancellation_reason="")
                | ~Q(status="CANCELLED") & Q(cancelled_at__isnull=True, cancellation_reason=""),
            ),
            models.CheckConstraint(
                name="collective_booking_confirmed_facts",
                condition=Q(status="PENDING", confirmed_at__isnull=True, budget__isnull=True)
                | Q(
                    status__in=["CONFIRMED", "USED", "REIMBURSED"],
                    confirmed_at__isnull=False,
                    budget__isnull=False,
                )
                | Q(status="CANCELLED"),
            ),
            models.CheckConstraint(
                name="collective_booking_used_facts",
                condition=Q(status__in=["USED", "REIMBURSED"], used_at__isnull=False)
                | Q(status__in=["PENDING", "CONFIRMED"], used_at__isnull=True)
                | Q(status="CANCELLED"),
            ),
            models.CheckConstraint(
                name="collective_booking_reimbursed_facts",
                condition=Q(status="REIMBURSED", reimbursed_at__isnull=False)
                | Q(~Q(status="REIMBURSED"), reimbursed_at__isnull=True)
                | Q(status="CANCELLED"),
            ),
        ]
        indexes = [
            models.Index(
                name="collective_booking_pending",
                fields=["confirmation_limit_at"],
                condition=Q(status="PENDING"),
            ),
            models.Index(
                name="collective_booking_confirmed", fields=["id"], condition=Q(status="CONFIRMED")
            ),
            models.Index(name="collective_booking_year", fields=["year", "id"]),
            models.Index(name="collective_booking_venue", fields=["venue", "-id"]),
            models.Index(name="collective_booking_school", fields=["institution", "-id"]),
            models.Index(name="collective_booking_budget", fields=["budget", "status"]),
        ]

    def __str__(self) -> str:
        return f"{self.stock.offer} – {self.institution}"

    def may_be_cancelled_by_head(self, now: datetime) -> bool:
        """§4.3: a pre-booking always, a booking until its limit."""
        if self.status == BookingStatus.PENDING:
            return True
        return self.status == BookingStatus.CONFIRMED and now < self.cancellation_limit_at

    def is_final(self, now: datetime) -> bool:
        """Booked, and the school can no longer cancel (« confirmée », §2.6)."""
        return self.status == BookingStatus.CONFIRMED and self.cancellation_limit_at <= now

    def shown_status(self, now: datetime) -> str:
        """Value of the marks « collective_booking » (§12.9)."""
        return "FINAL" if self.is_final(now) else self.status
