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


class OffererRefusal(models.TextChoices):
    """Why the team refuses a structure (§2.3)."""

    ELIGIBILITY = "ELIGIBILITY", "Activité non éligible au pass Culture"
    ERROR = "ERROR", "Inscription faite par erreur"
    ADAGE = "ADAGE", "Référencement ADAGE refusé"
    TOO_LATE = "TOO_LATE", "Pas de réponse dans le délai"
    DOCUMENTS = "DOCUMENTS", "Document manquant"
    CLOSED = "CLOSED", "Entreprise fermée"
    OTHER = "OTHER", "Autre motif"


class OffererHold(models.TextChoices):
    """What the team waits for before it decides on a structure (§2.3)."""

    DOCUMENTS = "DOCUMENTS", "Document attendu"
    ACTIVITY = "ACTIVITY", "Activité à préciser"
    IDENTITY = "IDENTITY", "Identité à confirmer"
    ADAGE = "ADAGE", "Référencement ADAGE en cours"
    CONTROL = "CONTROL", "Contrôle de conformité"
    OTHER = "OTHER", "Autre motif"


class MembershipRefusal(models.TextChoices):
    """Why the team refuses that a person joins a structure (ATT-07)."""

    UNKNOWN = "UNKNOWN", "Personne inconnue de la structure"
    WRONG_STRUCTURE = "WRONG_STRUCTURE", "Demande adressée à une autre structure que la sienne"
    REFUSED_BY_STRUCTURE = "REFUSED_BY_STRUCTURE", "Demande refusée par la structure"
    TOO_LATE = "TOO_LATE", "Pas de réponse dans le délai"
    DOUBLE = "DOUBLE", "Compte en double"
    OTHER = "OTHER", "Autre motif"


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


class ProviderKind(models.TextChoices):
    """What a partner's software is for; all of them act through the API."""

    TICKETING = "TICKETING", "Billetterie"
    CINEMA = "CINEMA", "Billetterie de cinéma"
    SCREENINGS = "SCREENINGS", "Horaires de cinéma"
    BOOKSHOP = "BOOKSHOP", "Gestion de librairie"
    CALENDAR = "CALENDAR", "Agenda culturel"
    OTHER = "OTHER", "Autre logiciel"


class VenueProviderStatus(models.TextChoices):
    ACTIVE = "ACTIVE", "Autorisé"
    PAUSED = "PAUSED", "En pause"
    REVOKED = "REVOKED", "Retiré"


class AdageStatus(models.TextChoices):
    """States of a request to be referenced for schools (VEN-15)."""

    SUBMITTED = "SUBMITTED", "Déposée"
    UNDER_REVIEW = "REVIEW", "En instruction"
    ACCEPTED = "ACCEPTED", "Acceptée"
    REFUSED = "REFUSED", "Refusée"
    DROPPED = "DROPPED", "Classée sans suite"
    WITHDRAWN = "WITHDRAWN", "Retirée"
