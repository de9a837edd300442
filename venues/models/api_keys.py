"""Access of software to the API."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passpro.kernel import clock
from venues.models.offerers import Offerer
from venues.models.providers import Provider
from venues.querysets import ApiKeyQuerySet


class ApiKey(models.Model):
    """Access of a software to one structure, or of a partner to the venues that authorised it.

    Only a keyed hash of its secret is kept (KEY-01, KEY-07).
    """

    offerer = models.ForeignKey(
        Offerer,
        verbose_name="structure",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="api_keys",
    )
    provider = models.ForeignKey(
        Provider,
        verbose_name="partenaire",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="api_keys",
    )
    label = models.CharField("nom", max_length=80)
    prefix = models.CharField("préfixe", max_length=32, unique=True)
    secret_hash = models.CharField("empreinte du secret", max_length=64)
    created_at = models.DateTimeField("créée le", default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="créée par",
    )
    last_used_on = models.DateField("dernière utilisation", null=True, blank=True)
    revoked_at = models.DateTimeField("supprimée le", null=True, blank=True)
    revoked_by_label = models.CharField("supprimée par", max_length=200, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "clé d’API"
        verbose_name_plural = "clés d’API"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="api_key_of_one_owner",
                condition=Q(offerer__isnull=False, provider__isnull=True)
                | Q(offerer__isnull=True, provider__isnull=False),
            ),
            models.CheckConstraint(
                name="api_key_revoked_after_creation",
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"
