"""Domains and national programmes, which ministries open, close and link (collective.md §1.3)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from passpro.kernel import clock
from passpro.reference.education import CULTURAL_DOMAINS
from passpro.reference.school_projects import NATIONAL_PROGRAMMES


class Domain(models.Model):
    """An artistic and cultural domain; its number is ADAGE’s."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    label = models.CharField("nom", max_length=200, unique=True)
    is_active = models.BooleanField("proposé", default=True)

    class Meta:
        verbose_name = "domaine artistique"
        verbose_name_plural = "domaines artistiques"
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class ProgrammeQuerySet(models.QuerySet):
    def choosable(self) -> "ProgrammeQuerySet":
        """Open, with a domain at least that takes it."""
        return self.filter(is_active=True, domains__isnull=False).distinct().order_by("pk")


class NationalProgramme(models.Model):
    """A programme of the ministries; chosen only while open, for one of its domains."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    label = models.CharField("nom", max_length=200, unique=True)
    is_active = models.BooleanField("ouvert", default=True)
    domains = models.ManyToManyField(
        Domain, verbose_name="domaines", related_name="programmes", blank=True
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "dispositif national"
        verbose_name_plural = "dispositifs nationaux"
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class ProgrammeChange(models.Model):
    """Every change of the programme of an offer or template (§1.3)."""

    offer = models.ForeignKey(
        "collective.CollectiveOffer",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="programme_changes",
    )
    template = models.ForeignKey(
        "collective.CollectiveTemplate",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="programme_changes",
    )
    # None: no programme any more.
    programme = models.ForeignKey(
        NationalProgramme, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField("date", default=clock.now)

    class Meta:
        verbose_name = "changement de dispositif national"
        verbose_name_plural = "changements de dispositif national"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="programme_change_of_one",
                condition=Q(offer__isnull=False, template__isnull=True)
                | Q(offer__isnull=True, template__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.programme or "Aucun dispositif")


def sync_programmes(**signal: Any) -> None:
    """After each migration: domains and programmes that are missing; the others are the team's."""
    Domain.objects.bulk_create(
        [Domain(id=one.id, label=one.label, is_active=one.is_active) for one in CULTURAL_DOMAINS],
        ignore_conflicts=True,
    )
    kept = set(NationalProgramme.objects.values_list("pk", flat=True))
    for one in NATIONAL_PROGRAMMES.values():
        if one.id not in kept:
            new = NationalProgramme.objects.create(
                id=one.id, label=one.label, is_active=one.is_active
            )
            new.domains.set(sorted(one.domain_ids))
