"""Tickets that a partner's ticketing issued for a booking (§5.11)."""

from django.db import models

from bookings.models.bookings import Booking


class ExternalTicket(models.Model):
    """One place at the partner: what its control reads at the door (BKG-33, BKG-96)."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="tickets")
    barcode = models.CharField("code-barres", max_length=100)
    seat = models.CharField("place", max_length=100, blank=True)

    class Meta:
        verbose_name = "billet d’un partenaire"
        verbose_name_plural = "billets d’un partenaire"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="external_ticket_once", fields=["booking", "barcode"]),
        ]

    def __str__(self) -> str:
        return self.barcode
