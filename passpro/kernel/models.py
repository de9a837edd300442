"""Technical rows: outgoing messages, action log, switches, stored answers, job runs, clock."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform

from passpro.kernel import clock


class OutboxMessage(models.Model):
    """One message to the outside, written in the transaction of the change that causes it.

    `payload` for EMAIL: {"to": [str], "reply_to": [str], "subject": str, "text": str, "html": str},
    or, until it is sent, a "context" of facts from which the three texts are made.
    """

    class Kind(models.TextChoices):
        EMAIL = "EMAIL", "E-mail"
        WEBHOOK = "WEBHOOK", "Appel partenaire"
        ADAGE = "ADAGE", "Notice ADAGE"
        TICKETS = "TICKETS", "Annulation de billets"
        PUSH = "PUSH", "Notification"

    class State(models.TextChoices):
        WAITING = "WAITING", "En attente"
        SENT = "SENT", "Envoyé"
        FAILED = "FAILED", "Abandonné"

    kind = models.CharField("nature", max_length=8, choices=Kind)
    event = models.CharField("événement", max_length=80)
    unique_key = models.CharField("clé unique", max_length=200, unique=True, db_collation="C")
    recipient = models.CharField("destinataire", max_length=254)
    payload = models.JSONField("contenu")
    state = models.CharField("état", max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("tentatives", default=0)
    next_try_at = models.DateTimeField("prochaine tentative", null=True, blank=True)
    last_error = models.TextField("dernière erreur", blank=True)
    created_at = models.DateTimeField("créé le", default=clock.now)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)

    class Meta:
        verbose_name = "message sortant"
        verbose_name_plural = "messages sortants"
        ordering = ["-pk"]
        permissions = [("resend_outboxmessage", "Peut renvoyer un message")]
        constraints = [
            models.CheckConstraint(
                name="outbox_sent_at_matches_state",
                condition=Q(state="SENT", sent_at__isnull=False)
                | (~Q(state="SENT") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outbox_waiting_has_next_try",
                condition=Q(state="WAITING", next_try_at__isnull=False)
                | (~Q(state="WAITING") & Q(next_try_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                name="outbox_waiting", fields=["next_try_at"], condition=Q(state="WAITING")
            ),
            models.Index(name="outbox_recipient", fields=["recipient", "-created_at"]),
            # The journal of a venue's software.
            models.Index(
                KeyTransform("venue_id", "payload"),
                models.F("id").desc(),
                name="outbox_webhook_venue",
                condition=Q(kind="WEBHOOK"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.recipient}"


class ActionLog(models.Model):
    """One fact about any object besides its changes of state; written once, never changed (§12)."""

    class Kind(models.TextChoices):
        NOTE = "NOTE", "Note"
        CREATED = "CREATED", "Création"
        MODIFIED = "MODIFIED", "Modification"
        DELETED = "DELETED", "Suppression"
        SUSPENDED = "SUSPENDED", "Suspension"
        UNSUSPENDED = "UNSUSPENDED", "Fin de suspension"
        ANONYMISED = "ANONYMISED", "Anonymisation"
        EXPORT_ASKED = "EXPORT_ASKED", "Export de données demandé"
        EXPORTED = "EXPORTED", "Export de données"
        EMAIL_VERIFIED = "EMAIL_VERIFIED", "Adresse confirmée"
        EMAIL_CHANGE_ASKED = "EMAIL_CHANGE_ASKED", "Changement d’adresse demandé"
        EMAIL_CHANGED = "EMAIL_CHANGED", "Adresse changée"
        PASSWORD_CHANGED = "PASSWORD_CHANGED", "Mot de passe changé"
        ROLES_CHANGED = "ROLES_CHANGED", "Rôles modifiés"
        SWITCHED_ON = "SWITCHED_ON", "Ouverture"
        SWITCHED_OFF = "SWITCHED_OFF", "Fermeture"
        SEEN_AS = "SEEN_AS", "Vue comme cette personne"
        SECOND_FACTOR_ADDED = "SECOND_FACTOR_ADDED", "Second facteur ajouté"
        SECOND_FACTOR_RESET = "SECOND_FACTOR_RESET", "Second facteur réinitialisé"
        LOOKED_AT = "LOOKED_AT", "Consultation"
        FLAGGED = "FLAGGED", "Retenue par une règle"

    kind = models.CharField("nature", max_length=24, choices=Kind)
    # Any object: « venues.offerer », « 12 ».
    subject_type = models.CharField("type d’objet", max_length=60)
    subject_id = models.CharField("numéro d’objet", max_length=64)
    subject_label = models.CharField("objet", max_length=200)
    at = models.DateTimeField("date", default=clock.now)
    actor_kind = models.CharField("type d’auteur", max_length=8)
    actor_label = models.CharField("auteur", max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="compte de l’auteur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    why = models.TextField("motif ou note", blank=True)
    changes = models.JSONField("changements", default=dict, blank=True)

    class Meta:
        verbose_name = "ligne d’historique"
        verbose_name_plural = "lignes d’historique"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="action_log_subject", fields=["subject_type", "subject_id", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.subject_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append only: a row that exists is refused."""
        if not self._state.adding:
            raise TypeError("history rows are never changed")
        super().save(*args, **kwargs)


class FeatureSwitch(models.Model):
    """A part of the product that the team closes and opens; declared in `features.py` (§13)."""

    name = models.CharField("nom", max_length=40, primary_key=True)
    is_on = models.BooleanField("ouverte", default=True)
    message = models.TextField("message affiché quand c’est fermé", max_length=500, blank=True)
    changed_at = models.DateTimeField("changée le", default=clock.now)

    class Meta:
        verbose_name = "fonction"
        verbose_name_plural = "fonctions"
        ordering = ["name"]

    def __str__(self) -> str:
        from passpro.kernel.features import SWITCHES

        switch = SWITCHES.get(self.name)
        return switch.label if switch else self.name


class IdempotencyKey(models.Model):
    """Stored answer of a call, kept 24 h: same key and body → same answer, done once."""

    owner = models.CharField("propriétaire", max_length=80)
    key = models.CharField("clé", max_length=200)
    body_hash = models.CharField("empreinte du corps", max_length=64)
    status_code = models.PositiveSmallIntegerField("code de réponse", null=True)
    answer = models.JSONField("réponse", null=True)
    created_at = models.DateTimeField("créée le", default=clock.now)

    class Meta:
        verbose_name = "clé d’idempotence"
        verbose_name_plural = "clés d’idempotence"
        constraints = [
            models.UniqueConstraint(name="idempotency_key_once", fields=["owner", "key"])
        ]
        indexes = [models.Index(name="idempotency_created", fields=["created_at"])]

    def __str__(self) -> str:
        return self.key


class JobRun(models.Model):
    """When a scheduled job was last played, so that `run_jobs --now` knows what is due."""

    name = models.CharField("travail", max_length=80, unique=True)
    last_run_at = models.DateTimeField("dernier passage")
    outcome = models.JSONField("résultat", default=dict)

    class Meta:
        verbose_name = "passage d’un travail"
        verbose_name_plural = "passages des travaux"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SandboxClock(models.Model):
    """How far the demo's clock is ahead of the real one (a single row; ignored in production)."""

    offset_seconds = models.BigIntegerField("avance en secondes", default=0)

    class Meta:
        verbose_name = "horloge de démonstration"
        verbose_name_plural = "horloge de démonstration"
        constraints = [
            models.CheckConstraint(name="sandbox_clock_single_row", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return f"+{self.offset_seconds} s"
