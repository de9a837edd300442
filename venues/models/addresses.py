"""Addresses that the partner API names by a number (API-140)."""

from django.db import models
from django.db.models import Q

from passpro.kernel import clock
from venues.models.offerers import Address


class KnownAddress(Address):
    """An address that offers of several venues may share; never changed once made.

    Normalised by the national base, which gives `ban_id`; without it, as it was given.
    """

    ban_id = models.CharField("identifiant d’adresse (BAN)", max_length=40, blank=True)
    created_at = models.DateTimeField("créée le", default=clock.now)

    class Meta:
        verbose_name = "adresse connue"
        verbose_name_plural = "adresses connues"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="known_address_once",
                fields=["street", "postal_code", "city", "ban_id", "latitude", "longitude"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="known_address_whole", condition=~(Q(postal_code="") | Q(city=""))
            ),
        ]

    def __str__(self) -> str:
        return self.one_line_address
