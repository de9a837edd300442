"""The one person record: cultural staff, young people and agents sign in with the same model."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from passpro.accounts.enums import SuspensionReason
from passpro.accounts.querysets import DataExportQuerySet, UserQuerySet
from passpro.accounts.staff_rights import PERMISSIONS
from passpro.kernel import clock
from passpro.kernel.text_search import names_vector

# SUS-05: during this time the person may come back; then the account is erased.
RETURN_DELAY = timedelta(days=60)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def known(self) -> UserQuerySet:
        return self.get_queryset().known()

    def lock_for_change(self, pk: int) -> "User":
        return self.get_queryset().lock_for_change(pk)

    def create_user(self, email: str, password: str | None = None, **facts: Any) -> "User":
        user = self.model(email=email.strip().lower(), **facts)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str, **facts: Any) -> "User":
        facts = {"is_staff": True, "is_superuser": True, "email_verified_at": clock.now(), **facts}
        return self.create_user(email, password, **facts)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person: staff of venues have memberships, young people a role and deposits."""

    class BeneficiaryRole(models.TextChoices):
        NONE = "", "–"
        UNDERAGE = "UNDERAGE", "15–17 ans"
        AGE_18 = "AGE_18", "18 ans"

    email = models.EmailField(
        "adresse e-mail",
        max_length=120,
        unique=True,
        error_messages={"unique": "Un compte existe déjà avec cette adresse e-mail."},
    )
    first_name = models.CharField("prénom", max_length=128, blank=True)
    last_name = models.CharField("nom", max_length=128, blank=True)
    pseudo = models.CharField("pseudo", max_length=60, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    date_of_birth = models.DateField("date de naissance", null=True, blank=True)
    postal_code = models.CharField("code postal", max_length=5, blank=True)
    department_code = models.CharField("département", max_length=3, blank=True)
    beneficiary_role = models.CharField(
        "rôle bénéficiaire", max_length=8, choices=BeneficiaryRole, blank=True, default=""
    )
    email_verified_at = models.DateTimeField("adresse vérifiée le", null=True, blank=True)
    # Part of the reset link's signature: asking again stops the older links (PWD-03).
    reset_requested_at = models.DateTimeField(
        "mot de passe demandé le", null=True, blank=True, editable=False
    )
    accepts_contact = models.BooleanField("accepte d’être contacté", default=False)
    accepts_newsletter = models.BooleanField("reçoit les actualités", default=False)
    # Codes of passpro.accounts.notifications that the person does not want.
    muted_notifications = ArrayField(
        models.CharField(max_length=20), verbose_name="notifications coupées", default=list,
        blank=True,
    )  # fmt: skip
    last_seen_at = models.DateTimeField("vu le", null=True, blank=True, editable=False)
    # Part of every session's signature: one more closes them all (LOG-05).
    sessions_closed = models.PositiveIntegerField(default=0, editable=False)
    suspended_at = models.DateTimeField("suspendu le", null=True, blank=True)
    suspension_reason = models.CharField(
        "motif de suspension", max_length=24, choices=SuspensionReason, blank=True, default=""
    )
    # The last warning before erasure: once per period of silence (RGPD-03, SUS-05).
    erasure_warned_at = models.DateTimeField(null=True, blank=True, editable=False)
    anonymised_at = models.DateTimeField("anonymisé le", null=True, blank=True)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("agent", default=False)
    created_at = models.DateTimeField("inscrit le", default=clock.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"
        ordering = ["pk"]
        permissions = PERMISSIONS
        constraints = [
            models.CheckConstraint(name="user_email_lower_case", condition=Q(email=Lower("email"))),
            # A young person's account is never a staff account (BKG-24).
            models.CheckConstraint(
                name="user_beneficiary_is_not_staff",
                condition=Q(beneficiary_role="") | Q(is_staff=False),
            ),
            # SUS-04: a suspension says why, and nobody suspended signs in.
            models.CheckConstraint(
                name="user_suspended_with_reason",
                condition=Q(suspended_at__isnull=True, suspension_reason="")
                | (Q(suspended_at__isnull=False, is_active=False) & ~Q(suspension_reason="")),
            ),
            # §10.5: ANONYMIZED is alone.
            models.CheckConstraint(
                name="user_anonymised_is_nobody",
                condition=Q(anonymised_at__isnull=True)
                | Q(
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                    beneficiary_role="",
                    first_name="",
                    phone="",
                    pseudo="",
                ),
            ),
        ]
        indexes = [
            GinIndex(names_vector("first_name", "last_name"), name="user_names"),
            models.Index(
                name="user_suspended",
                fields=["suspended_at"],
                condition=Q(suspended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def is_beneficiary(self) -> bool:
        return self.beneficiary_role != ""

    @property
    def may_return_until(self) -> datetime | None:
        """SUS-05: last instant at which a suspension by own request may be undone."""
        if self.suspended_at is None or self.suspension_reason != SuspensionReason.OWN_REQUEST:
            return None
        return self.suspended_at + RETURN_DELAY

    def accepts(self, notification: str) -> bool:
        """The person wants these e-mails (codes of passpro.accounts.notifications)."""
        return notification not in self.muted_notifications

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, plus the count that closes every session without touching the password."""
        salt = "passpro.accounts.session"
        value = f"{self.password}:{self.sessions_closed}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class EmailChange(models.Model):
    """A new address asked for, applied when its link is opened (PRF-02); also the history."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="email_changes")
    old_email = models.EmailField("ancienne adresse", max_length=120)
    new_email = models.EmailField("nouvelle adresse", max_length=120)
    asked_at = models.DateTimeField("demandé le", default=clock.now)
    confirmed_at = models.DateTimeField("confirmé le", null=True, blank=True)

    class Meta:
        verbose_name = "changement d’adresse"
        verbose_name_plural = "changements d’adresse"
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(name="email_change_of", fields=["person", "-asked_at"])]

    def __str__(self) -> str:
        return f"{self.old_email} → {self.new_email}"


class BlockedDomain(models.Model):
    """Nobody opens an account with an address of this domain (SUS-03)."""

    domain = models.CharField("domaine", max_length=120, unique=True)
    why = models.CharField("motif", max_length=500)
    blocked_at = models.DateTimeField("bloqué le", default=clock.now)

    class Meta:
        verbose_name = "domaine bloqué"
        verbose_name_plural = "domaines bloqués"
        ordering = ["domain"]
        constraints = [
            models.CheckConstraint(
                name="blocked_domain_lower_case",
                condition=Q(domain=Lower("domain")) & ~Q(domain=""),
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class DataExport(models.Model):
    """Everything we hold on a person, as a file made by a job and kept a few days (RGPD-07)."""

    reference = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="data_exports")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("demandé le", default=clock.now)
    file = models.FileField("fichier", upload_to="donnees-personnelles/", blank=True)
    ready_at = models.DateTimeField("prêt le", null=True, blank=True)
    expires_at = models.DateTimeField("expire le", null=True, blank=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        verbose_name = "export de données"
        verbose_name_plural = "exports de données"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="data_export_ready_expires",
                condition=Q(ready_at__isnull=True, expires_at__isnull=True, file="")
                | Q(ready_at__isnull=False, expires_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="data_export_one_waiting",
                fields=["person", "asked_by"],
                condition=Q(ready_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Données de {self.person}"

    def is_open(self, now: datetime) -> bool:
        return self.expires_at is not None and now < self.expires_at and bool(self.file)


class SeenAs(models.Model):
    """An agent saw the portal as a professional does: who, whom, why, from when to when."""

    class End(models.TextChoices):
        RUNNING = "", "En cours"
        LEFT = "LEFT", "Terminée par l’agent"
        EXPIRED = "EXPIRED", "Durée écoulée"
        REFUSED = "REFUSED", "Droit ou compte perdu"

    agent = models.ForeignKey(
        User, verbose_name="agent", on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        User, verbose_name="vue comme", on_delete=models.PROTECT, related_name="seen_by"
    )
    reason = models.TextField("motif")
    started_at = models.DateTimeField("début", default=clock.now)
    ends_at = models.DateTimeField("fin prévue")
    ended_at = models.DateTimeField("fin", null=True, blank=True)
    end = models.CharField("façon", max_length=8, choices=End, blank=True, default="")

    class Meta:
        verbose_name = "visite « voir comme »"
        verbose_name_plural = "visites « voir comme »"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="seen_as_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="seen_as_end_says_how",
                condition=Q(ended_at__isnull=True, end="")
                | (Q(ended_at__isnull=False) & ~Q(end="")),
            ),
            models.CheckConstraint(
                name="seen_as_somebody_else", condition=~Q(agent=models.F("person"))
            ),
        ]
        indexes = [models.Index(name="seen_as_person", fields=["person", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.agent} comme {self.person}"
