"""What the team publishes for the cultural staff: people to call and meetings to attend."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from passpro.kernel import clock
from passpro.reference.departments import DEPARTMENTS


class AreaContact(models.Model):
    """Who helps the cultural staff of some départements (§14.2, STR-024, STR-051)."""

    name = models.CharField("nom ou service", max_length=120)
    role = models.CharField("fonction", max_length=120, blank=True)
    email = models.EmailField("e-mail", max_length=120, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    departments = ArrayField(
        models.CharField(max_length=3, choices=DEPARTMENTS.items()), verbose_name="départements"
    )

    class Meta:
        verbose_name = "contact de territoire"
        verbose_name_plural = "contacts de territoire"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="area_contact_can_be_reached",
                condition=~Q(email="") | ~Q(phone=""),
                violation_error_message="Donnez une adresse e-mail ou un numéro de téléphone.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Webinar(models.Model):
    """A meeting held once or every few weeks, at the same Paris hour (STR-052)."""

    title = models.CharField("titre", max_length=120)
    first_at = models.DateTimeField("première date")
    minutes = models.PositiveSmallIntegerField("durée en minutes", default=90)
    every_weeks = models.PositiveSmallIntegerField(
        "revient toutes les … semaines", default=0, help_text="0 : une seule fois."
    )
    url = models.URLField("lien d’inscription", blank=True)
    is_shown = models.BooleanField("affiché", default=True)

    class Meta:
        verbose_name = "webinaire"
        verbose_name_plural = "webinaires"
        ordering = ["first_at", "pk"]

    def __str__(self) -> str:
        return self.title

    def next_at(self, now: datetime) -> datetime | None:
        """The next beginning that is not over; the hour follows Paris through summer time."""
        duration = timedelta(minutes=self.minutes)
        if self.first_at + duration > now:
            return self.first_at
        if not self.every_weeks:
            return None
        step = timedelta(weeks=self.every_weeks)
        local = self.first_at.astimezone(clock.PARIS)
        # Wall-clock steps: adding to an aware local time keeps its hour.
        local += step * max(0, (now - self.first_at) // step - 1)
        while local.astimezone(now.tzinfo) + duration <= now:
            local += step
        return local.astimezone(now.tzinfo)


class PageView(models.Model):
    """Views of a public page in one Paris day: of an offer, or of the place itself."""

    venue = models.ForeignKey("venues.Venue", on_delete=models.CASCADE, related_name="+")
    offer = models.ForeignKey("offers.Offer", null=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField("jour")
    views = models.PositiveIntegerField("vues")

    class Meta:
        verbose_name = "consultation"
        verbose_name_plural = "consultations"
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="page_view_once", fields=["venue", "offer", "day"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} : {self.views}"
