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
    REMOVED = "REMOVED", "Retiré"


# Has no access, and may ask again (OFF-08).
MEMBERSHIP_ENDED = frozenset({MembershipStatus.REJECTED, MembershipStatus.REMOVED})


class InvitationStatus(models.TextChoices):
    PENDING = "PENDING", "En attente"
    ACCEPTED = "ACCEPTED", "Acceptée"
    DECLINED = "DECLINED", "Refusée"
    WITHDRAWN = "WITHDRAWN", "Annulée"


class Audience(models.TextChoices):
    """« À qui s’adresse votre offre » (B5)."""

    INDIVIDUAL = "INDIVIDUAL", "Au grand public"
    EDUCATIONAL = "EDUCATIONAL", "À des groupes scolaires"
    BOTH = "BOTH", "Au grand public et à des groupes scolaires"
