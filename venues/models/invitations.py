"""People invited to a structure by its administrator (§4), before they answer."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from venues.enums import InvitationStatus
from venues.models.offerers import Offerer
from venues.querysets import InvitationQuerySet


class Invitation(models.Model):
    """An e-mail address called to a structure; its owner answers once signed in."""

    offerer = models.ForeignKey(
        Offerer, verbose_name="structure", on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField("adresse e-mail", max_length=120)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="invitée par",
        on_delete=models.PROTECT,
        related_name="+",
    )
    status = models.CharField("état", max_length=16, choices=InvitationStatus)
    created_at = models.DateTimeField("créée le", default=clock.now)
    sent_at = models.DateTimeField("envoyée le", default=clock.now)
    expires_at = models.DateTimeField("valable jusqu’au")
    decided_at = models.DateTimeField("répondue le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_email_lower_case", condition=Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="invitation_decided_at_matches_status",
                condition=Q(status="PENDING", decided_at__isnull=True)
                | (~Q(status="PENDING") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="invitation_expires_after_sending", condition=Q(expires_at__gt=F("sent_at"))
            ),
            models.UniqueConstraint(
                name="invitation_one_pending",
                fields=["offerer", "email"],
                condition=Q(status="PENDING"),
                violation_error_message="Cette adresse est déjà invitée.",
            ),
        ]
        indexes = [
            models.Index(
                name="invitation_waiting", fields=["email"], condition=Q(status="PENDING")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.offerer}"

    def is_expired(self, now: datetime) -> bool:
        return self.status == InvitationStatus.PENDING and self.expires_at <= now


class InvitationTransition(TransitionLog):
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’une invitation"
        verbose_name_plural = "changements d’état des invitations"
        indexes = [models.Index(name="invitation_transition_of", fields=["invitation", "at"])]
