"""The one person record: cultural staff, young people and agents sign in with the same model."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from passpro.accounts.staff_rights import PERMISSIONS
from passpro.kernel import clock


class UserManager(BaseUserManager["User"]):
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
