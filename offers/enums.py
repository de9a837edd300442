"""States of offers and ways of withdrawing tickets."""

from django.db import models


class OfferRefusal(models.TextChoices):
    """Why the team refuses an offer (MOD-03)."""

    INELIGIBLE_OFFER = "INELIGIBLE_OFFER", "Offre non éligible au pass Culture"
    INELIGIBLE_SERVICE = "INELIGIBLE_SERVICE", "Prestation non éligible"
    WRONG_CATEGORY = "WRONG_CATEGORY", "Sous-catégorie inadaptée"
    MISSING_DESCRIPTION = "MISSING_DESCRIPTION", "Description absente ou insuffisante"
    WRONG_PRICE = "WRONG_PRICE", "Prix incohérent"
    WRONG_DATE = "WRONG_DATE", "Date incohérente"
    IMAGE = "IMAGE", "Image non conforme"
    DUPLICATE = "DUPLICATE", "Offre en double"
    OTHER = "OTHER", "Autre motif"


class OfferValidation(models.TextChoices):
    """Stored validation state (individual.md §2.10)."""

    DRAFT = "DRAFT", "Brouillon"
    PENDING = "PENDING", "En instruction"
    APPROVED = "APPROVED", "Validée"
    REJECTED = "REJECTED", "Refusée"


class DisplayStatus(models.TextChoices):
    """Computed state shown on screens, never stored (§2.9, OFF-122); first matching line wins."""

    REJECTED = "REJECTED", "Refusée"
    PENDING = "PENDING", "En instruction"
    DRAFT = "DRAFT", "Brouillon"
    INACTIVE = "INACTIVE", "En pause"
    SCHEDULED = "SCHEDULED", "Programmée"
    EXPIRED = "EXPIRED", "Expirée"
    SOLD_OUT = "SOLD_OUT", "Épuisée"
    ACTIVE = "ACTIVE", "Publiée"


class WithdrawalType(models.TextChoices):
    """How the ticket reaches the young person (OFF-60 to OFF-65)."""

    NO_TICKET = "no_ticket", "Aucun billet n’est nécessaire"
    BY_EMAIL = "by_email", "Les billets sont envoyés par e-mail"
    ON_SITE = "on_site", "Retrait sur place"
    # Only a partner with a ticketing service of its own sets it (OFF-63).
    IN_APP = "in_app", "Les billets sont dans l’application"


# What the portal proposes.
PORTAL_WITHDRAWALS = [
    choice for choice in WithdrawalType.choices if choice[0] != WithdrawalType.IN_APP
]


class ModerationField(models.TextChoices):
    """What a rule looks at (MOD-02)."""

    TITLE = "TITLE", "Titre"
    DESCRIPTION = "DESCRIPTION", "Description"
    TEXT = "TEXT", "Titre ou description"
    WITHDRAWAL = "WITHDRAWAL", "Modalités de retrait"
    PRICE = "PRICE", "Prix le plus haut"
    CATEGORY = "CATEGORY", "Catégorie"
    SUBCATEGORY = "SUBCATEGORY", "Sous-catégorie"
    NATURE = "NATURE", "Nature de l’offre"
    SHOW = "SHOW", "Sous-type de spectacle"
    AUTHOR = "AUTHOR", "E-mail de l’auteur"
    OFFERER = "OFFERER", "SIREN de la structure"
    VENUE = "VENUE", "Numéro du lieu"


class ModerationOperator(models.TextChoices):
    """How it compares: texts, then amounts, then choices."""

    CONTAINS = "CONTAINS", "contient"
    WORD = "WORD", "contient le mot entier"
    OVER = "OVER", "dépasse"
    AT_LEAST = "AT_LEAST", "atteint"
    UNDER = "UNDER", "est en dessous de"
    AT_MOST = "AT_MOST", "ne dépasse pas"
    IS = "IS", "est égal à"
    IS_NOT = "IS_NOT", "est différent de"
    IN = "IN", "est parmi"
    NOT_IN = "NOT_IN", "n’est pas parmi"


class BulkVerb(models.TextChoices):
    """What can be done to many offers of the list at once (OFF-130, OFF-133)."""

    PAUSE = "PAUSE", "Mettre en pause"
    RESUME = "RESUME", "Publier de nouveau"
    DELETE = "DELETE", "Supprimer les brouillons"


class BulkState(models.TextChoices):
    WAITING = "WAITING", "En attente"
    RUNNING = "RUNNING", "En cours"
    DONE = "DONE", "Terminée"
    FAILED = "FAILED", "Interrompue"


class Rhythm(models.TextChoices):
    """How often an event takes place (STK-30)."""

    ONCE = "once", "Une seule fois"
    DAILY = "daily", "Tous les jours"
    WEEKLY = "weekly", "Toutes les semaines"
    MONTHLY = "monthly", "Tous les mois"


class MonthDay(models.TextChoices):
    """Which day of each month (STK-32)."""

    SAME_DAY = "same_day", "Le même numéro de jour"
    SAME_RANK = "same_rank", "Le même rang dans le mois (« le deuxième mardi »)"
    LAST = "last", "Le dernier de son mois (« le dernier mardi »)"


class ImportKind(models.TextChoices):
    """Where offers are taken from (seed 002)."""

    OPENAGENDA = "OPENAGENDA", "OpenAgenda"
    ICS = "ICS", "Fichier d’agenda (.ics)"
    GOODS = "GOODS", "Fichier de biens par EAN (.csv)"


class ReportReason(models.TextChoices):
    """Why a young person reports an offer (OFF-160)."""

    IMPROPER = "IMPROPER", "La description n’est pas conforme"
    PRICE_TOO_HIGH = "PRICE_TOO_HIGH", "Le prix est trop élevé"
    INAPPROPRIATE = "INAPPROPRIATE", "Le contenu est choquant ou inapproprié"
    OTHER = "OTHER", "Autre"


class ReportState(models.TextChoices):
    NEW = "NEW", "À traiter"
    DISMISSED = "DISMISSED", "Classé sans suite"
    UPHELD = "UPHELD", "Offre refusée"
