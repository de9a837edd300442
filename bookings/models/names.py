"""Who has booked at which structure, under which name: what the search of the list reads."""

from django.conf import settings
from django.db import models

from venues.models import Offerer


class BookerName(models.Model):
    """« camille l herault camille h example org »: one row a person and structure (LST-12).

    Written by triggers alone (0001_initial.py), with the booking and at each change of name or
    address, so that no write can forget it. The index of the constraint holds the words too: the
    names of a structure are read from one place, without opening people or bookings.
    """

    offerer = models.ForeignKey(Offerer, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    words = models.TextField("prénom, nom, prénom, adresse")

    class Meta:
        verbose_name = "nom cherché"
        verbose_name_plural = "noms cherchés"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="booker_name_once", fields=["offerer", "person"], include=["words"]
            )
        ]

    def __str__(self) -> str:
        return self.words
