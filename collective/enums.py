"""Closed lists of the school half (collective.md §1, §2, §3)."""

from django.db import models


class OfferValidation(models.TextChoices):
    DRAFT = "DRAFT", "Brouillon"
    PENDING = "PENDING", "En instruction"
    APPROVED = "APPROVED", "Publiée"
    REJECTED = "REJECTED", "Non conforme"


class DisplayStatus(models.TextChoices):
    """Computed when read (§3.1); the words are those of seed 000."""

    DRAFT = "DRAFT", "Brouillon"
    UNDER_REVIEW = "UNDER_REVIEW", "En instruction"
    REJECTED = "REJECTED", "Non conforme"
    PUBLISHED = "PUBLISHED", "Publiée"
    HIDDEN = "HIDDEN", "En pause"
    PREBOOKED = "PREBOOKED", "Préréservée"
    BOOKED = "BOOKED", "Réservée"
    ENDED = "ENDED", "Terminée"
    REIMBURSED = "REIMBURSED", "Payée"
    EXPIRED = "EXPIRED", "Expirée"
    CANCELLED = "CANCELLED", "Annulée"
    ARCHIVED = "ARCHIVED", "Archivée"


class BookingStatus(models.TextChoices):
    PENDING = "PENDING", "Préréservée"
    CONFIRMED = "CONFIRMED", "Réservée"
    USED = "USED", "Terminée"
    REIMBURSED = "REIMBURSED", "Payée"
    CANCELLED = "CANCELLED", "Annulée"


# What a budget has spent or promised (§4.2).
COUNTED_IN_BUDGET = (BookingStatus.CONFIRMED, BookingStatus.USED, BookingStatus.REIMBURSED)


class CancellationReason(models.TextChoices):
    OFFERER = "OFFERER", "Annulée par le partenaire culturel"
    EXPIRED = "EXPIRED", "Date limite de réservation dépassée"
    REFUSED_BY_INSTITUTE = "REFUSED_BY_INSTITUTE", "Refusée par l’établissement"
    REFUSED_BY_HEADMASTER = "REFUSED_BY_HEADMASTER", "Annulée par le chef d’établissement"
    # The place is free again for another date: the offer no longer counts this booking.
    DATE_REMOVED = "DATE_REMOVED", "Date supprimée par le partenaire culturel"
    PUBLIC_API = "PUBLIC_API", "Annulée par le logiciel du partenaire culturel"
    FINANCE_INCIDENT = "FINANCE_INCIDENT", "Annulée par un incident de remboursement"
    BENEFICIARY = "BENEFICIARY", "Annulée à la demande de l’établissement"
    FRAUD = "FRAUD", "Fraude avérée"
    FRAUD_SUSPICION = "FRAUD_SUSPICION", "Soupçon de fraude"
    FRAUD_INAPPROPRIATE = "FRAUD_INAPPROPRIATE", "Offre non conforme"
    BACKOFFICE = "BACKOFFICE", "Annulée par l’équipe PassPro"
    BACKOFFICE_EVENT_CANCELLED = "BACKOFFICE_EVENT_CANCELLED", "Événement annulé"
    BACKOFFICE_OFFER_MODIFIED = "BACKOFFICE_OFFER_MODIFIED", "Offre modifiée"
    BACKOFFICE_OFFER_WITH_WRONG_INFORMATION = (
        "BACKOFFICE_OFFER_WITH_WRONG_INFORMATION",
        "Offre aux informations erronées",
    )
    BACKOFFICE_OFFERER_BUSINESS_CLOSED = (
        "BACKOFFICE_OFFERER_BUSINESS_CLOSED",
        "Fermeture de la structure",
    )
    OFFERER_CONNECT_AS = (
        "OFFERER_CONNECT_AS",
        "Annulée par l’équipe PassPro, à la place du partenaire",
    )
    OFFERER_CLOSED = "OFFERER_CLOSED", "Structure fermée"


# What the team chooses from when it cancels (§4.9).
STAFF_REASONS = (
    CancellationReason.BENEFICIARY,
    CancellationReason.FRAUD,
    CancellationReason.FRAUD_SUSPICION,
    CancellationReason.FRAUD_INAPPROPRIATE,
    CancellationReason.BACKOFFICE,
    CancellationReason.BACKOFFICE_EVENT_CANCELLED,
    CancellationReason.BACKOFFICE_OFFER_MODIFIED,
    CancellationReason.BACKOFFICE_OFFER_WITH_WRONG_INFORMATION,
    CancellationReason.BACKOFFICE_OFFERER_BUSINESS_CLOSED,
)


class OfferRefusal(models.TextChoices):
    """The sixteen motives of the team (MOD-03, collective.md §2.1)."""

    CO_FUNDING = "CO_FUNDING", "Cofinancement"
    CSTI_IRRELEVANT = "CSTI_IRRELEVANT", "Hors du champ de la culture scientifique"
    EXAMS_PREPARATION = "EXAMS_PREPARATION", "Préparation aux examens"
    HOUSING_CATERING_TRANSPORT = (
        "HOUSING_CATERING_TRANSPORT",
        "Hébergement, restauration ou transport compris",
    )
    INELIGIBLE_OFFER = "INELIGIBLE_OFFER", "Offre non éligible"
    INELIGIBLE_SERVICE = "INELIGIBLE_SERVICE", "Prestation non éligible"
    MAX_BUDGET_REACHED = "MAX_BUDGET_REACHED", "Budget de l’établissement atteint"
    MISSING_DESCRIPTION_AND_DATE = (
        "MISSING_DESCRIPTION_AND_DATE",
        "Descriptif et date manquants",
    )
    MISSING_DESCRIPTION = "MISSING_DESCRIPTION", "Descriptif manquant"
    MISSING_MEDIATION = "MISSING_MEDIATION", "Médiation absente"
    MISSING_PRICE = "MISSING_PRICE", "Prix manquant"
    PAST_DATE_OFFER = "PAST_DATE_OFFER", "Date passée"
    PRIMARY_ELEMENTARY_SCHOOL = "PRIMARY_ELEMENTARY_SCHOOL", "École primaire ou élémentaire"
    WRONG_DATE = "WRONG_DATE", "Date erronée"
    WRONG_PRICE = "WRONG_PRICE", "Prix erroné"
    OTHER = "OTHER", "Autre motif"


class RefundReason(models.TextChoices):
    """Why a school gets money back; values are ADAGE's (§8.1)."""

    MISSING_PEOPLE = "MISSING_PEOPLE", "Moins de participants que prévu"
    MISSING_DATE = "MISSING_DATE", "Une date n’a pas eu lieu"
    NO_EVENT = "NO_EVENT", "L’événement n’a pas eu lieu"


class LocationKind(models.TextChoices):
    ADDRESS = "ADDRESS", "À une adresse précise"
    SCHOOL = "SCHOOL", "En établissement scolaire"
    TO_BE_DEFINED = "TO_BE_DEFINED", "À déterminer avec l’enseignant"


class Ministry(models.TextChoices):
    """Values are those of ADAGE."""

    EDUCATION = "MENjs", "Éducation nationale"
    SEA = "MMe", "Mer"
    AGRICULTURE = "MAg", "Agriculture"
    ARMED_FORCES = "MAr", "Armées"


class FeeKind(models.TextChoices):
    """What a price may hold besides the project itself (§2.5); OTHER says what by a label."""

    ACCOMMODATION = "ACCOMMODATION", "Hébergement de l’intervenant"
    TRAVEL = "TRAVEL", "Déplacement de l’intervenant"
    MEAL = "MEAL", "Repas de l’intervenant"
    CONSUMABLE_ITEMS = "CONSUMABLE_ITEMS", "Matériel consommable"
    COPYRIGHT = "COPYRIGHT", "Droits d’auteur / de diffusion"
    APPLICATION_FEE = "APPLICATION_FEE", "Frais de dossier / de gestion"
    OTHER = "OTHER", "Autres frais"


class RuralLevel(models.TextChoices):
    """How a school’s commune is lived in; it says how far « near » goes (§2.7)."""

    CENTRES = "CENTRES", "Grands centres urbains"
    BELTS = "BELTS", "Ceintures urbaines"
    MIDDLE = "MIDDLE", "Centres urbains intermédiaires"
    TOWNS = "TOWNS", "Petites villes"
    VILLAGES = "VILLAGES", "Bourgs ruraux"
    SCATTERED = "SCATTERED", "Rural à habitat dispersé"
    REMOTE = "REMOTE", "Rural à habitat très dispersé"


class BudgetPeriod(models.TextChoices):
    YEAR = "YEAR", "Année scolaire"
    AUTUMN = "AUTUMN", "Septembre à décembre"
    SPRING = "SPRING", "Janvier à août"


class Change(models.TextChoices):
    """Kind of a line of the history; words of seed 000 where it has one."""

    STATUS = "STATUS", "Changement de statut"
    LIMIT = "LIMIT", "Modification date limite"
    DATES = "DATES", "Modification des dates"
    PRICE = "PRICE", "Modification du prix"
    DETAILS = "DETAILS", "Modification de l’offre"
    SCHOOL = "SCHOOL", "Modification de l’établissement"


class Action(models.TextChoices):
    """What a person of the portal may do now (§3.5)."""

    EDIT_DETAILS = "EDIT_DETAILS"
    EDIT_DATES = "EDIT_DATES"
    EDIT_INSTITUTION = "EDIT_INSTITUTION"
    EDIT_DISCOUNT = "EDIT_DISCOUNT"
    DUPLICATE = "DUPLICATE"
    CANCEL = "CANCEL"
    ARCHIVE = "ARCHIVE"


class TemplateAction(models.TextChoices):
    """What a person of the portal may do with a template (§3.6)."""

    EDIT = "EDIT"
    ARCHIVE = "ARCHIVE"
    CREATE_OFFER = "CREATE_OFFER"
    HIDE = "HIDE"
    PUBLISH = "PUBLISH"
    SHARE = "SHARE"


class SchoolRole(models.TextChoices):
    """Who entered by a signed address."""

    TEACHER = "redacteur", "Enseignant"
    HEAD = "chef", "Chef d’établissement"
    READER = "lecteur", "Lecture seule"


class ExportOf(models.TextChoices):
    OFFERS = "OFFERS", "Offres"
    BOOKINGS = "BOOKINGS", "Réservations"
