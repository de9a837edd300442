"""States and roles of structures."""

from django.db import models


class OffererStatus(models.TextChoices):
    NEW = "NEW", "Nouvelle"
    PENDING = "PENDING", "En attente"
    VALIDATED = "VALIDATED", "Validée"
    REJECTED = "REJECTED", "Refusée"
    CLOSED = "CLOSED", "Fermée"


class MembershipRole(models.TextChoices):
    ADMIN = "ADMIN", "Administrateur"
    MEMBER = "MEMBER", "Membre"


class MembershipStatus(models.TextChoices):
    PENDING = "PENDING", "En attente"
    VALIDATED = "VALIDATED", "Validé"
    REJECTED = "REJECTED", "Refusé"
