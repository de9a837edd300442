"""States and reasons of bookings, kinds of deposits."""

from django.db import models


class BookingStatus(models.TextChoices):
    """§5.5. CONFIRMED reads « Réservée », or « Confirmée » once past its limit (LST-11)."""

    CONFIRMED = "CONFIRMED", "Réservée"
    USED = "USED", "Validée"
    CANCELLED = "CANCELLED", "Annulée"
    REIMBURSED = "REIMBURSED", "Remboursée"


class CancellationReason(models.TextChoices):
    """§5.7.1."""

    OFFERER = "OFFERER", "Annulée par l’acteur culturel"
    BENEFICIARY = "BENEFICIARY", "Annulée par le bénéficiaire"
    EXPIRED = "EXPIRED", "Non retirée à temps"
    FRAUD = "FRAUD", "Fraude"
    FINANCE_INCIDENT = "FINANCE_INCIDENT", "Incident de remboursement"
    FRAUD_SUSPICION = "FRAUD_SUSPICION", "Soupçon de fraude"
    FRAUD_INAPPROPRIATE = "FRAUD_INAPPROPRIATE", "Offre non conforme"
    BACKOFFICE = "BACKOFFICE", "Annulée par le support"
    EVENT_CANCELLED = "BACKOFFICE_EVENT_CANCELLED", "Support : événement annulé"
    OVERBOOKING = "BACKOFFICE_OVERBOOKING", "Support : surréservation"
    BENEFICIARY_REQUEST = "BACKOFFICE_BENEFICIARY_REQUEST", "Support : demande du bénéficiaire"
    OFFER_MODIFIED = "BACKOFFICE_OFFER_MODIFIED", "Support : offre modifiée"
    WRONG_INFORMATION = (
        "BACKOFFICE_OFFER_WITH_WRONG_INFORMATION",
        "Support : informations de l’offre fausses",
    )
    BUSINESS_CLOSED = "BACKOFFICE_OFFERER_BUSINESS_CLOSED", "Support : structure fermée"


class ValidationAuthor(models.TextChoices):
    """How a booking became used."""

    OFFERER = "OFFERER", "Guichet ou logiciel"
    AUTO = "AUTO", "Automatique"
    BACKOFFICE = "BACKOFFICE", "Support"


class DepositType(models.TextChoices):
    GRANT_15_17 = "GRANT_15_17", "15–17 ans"
    GRANT_18 = "GRANT_18", "18 ans"


class Ceiling(models.TextChoices):
    """Which ceiling of the credit a booking counts in (CRD-08), kept as it was at booking time."""

    NONE = "", "–"
    DIGITAL = "DIGITAL", "Numérique"
    PHYSICAL = "PHYSICAL", "Physique"


class OfflineKind(models.TextChoices):
    """What the desk did without network."""

    VALIDATE = "valider", "Validation"
    UNVALIDATE = "invalider", "Retour en arrière"


class LocalMovementKind(models.TextChoices):
    """How cents of a local credit move (STR-006)."""

    GRANT = "GRANT", "Accordé"
    SPENT = "SPENT", "Dépensé"
    BACK = "BACK", "Rendu"


LIVE_STATUSES = frozenset({BookingStatus.CONFIRMED, BookingStatus.USED, BookingStatus.REIMBURSED})
