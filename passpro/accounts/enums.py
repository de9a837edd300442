"""Why an account is suspended."""

from django.db import models


class SuspensionReason(models.TextChoices):
    """SUS-02 for professionals, SUS-03 for young people; the last ones are for both."""

    OFFERER_CLOSED = "OFFERER_CLOSED", "Structure fermée définitivement"
    OFFERER_PAUSED = "OFFERER_PAUSED", "Structure fermée pour un temps"
    END_OF_CONTRACT = "END_OF_CONTRACT", "Fin de contrat"
    FRAUD_AT_CREATION = "FRAUD_AT_CREATION", "Fraude à la création"
    UNDER_INVESTIGATION = "UNDER_INVESTIGATION", "Enquête en cours"

    DELETED = "DELETED", "Compte supprimé"
    RISKY_DEVICE = "RISKY_DEVICE", "Appareil à risque"
    END_OF_ELIGIBILITY = "END_OF_ELIGIBILITY", "Fin d’éligibilité"
    FRAUD_CANCELLATION = "FRAUD_CANCELLATION", "Fraude : annulations abusives"
    FRAUD_DUPLICATE = "FRAUD_DUPLICATE", "Fraude : compte en double"
    FRAUD_DOCUMENT = "FRAUD_DOCUMENT", "Fraude : faux document"
    FRAUD_HACKED = "FRAUD_HACKED", "Fraude : compte piraté"
    FRAUD_RESALE_PRODUCT = "FRAUD_RESALE_PRODUCT", "Fraude : revente de produits"
    FRAUD_RESALE_PASS = "FRAUD_RESALE_PASS", "Fraude : revente du pass"

    FRAUD_SUSPICION = "FRAUD_SUSPICION", "Fraude : soupçon"
    FRAUD_IMPERSONATION = "FRAUD_IMPERSONATION", "Fraude : usurpation d’identité"
    BLACKLISTED_DOMAIN = "BLACKLISTED_DOMAIN", "Domaine d’adresse interdit"
    SUSPICIOUS_SIGN_IN = "SUSPICIOUS_SIGN_IN", "Connexion suspecte"
    OWN_REQUEST = "OWN_REQUEST", "À la demande de la personne"


_FOR_BOTH = (
    SuspensionReason.FRAUD_SUSPICION,
    SuspensionReason.FRAUD_IMPERSONATION,
    SuspensionReason.BLACKLISTED_DOMAIN,
    SuspensionReason.SUSPICIOUS_SIGN_IN,
    SuspensionReason.OWN_REQUEST,
)
REASONS_FOR_PROFESSIONALS = (
    SuspensionReason.OFFERER_CLOSED,
    SuspensionReason.OFFERER_PAUSED,
    SuspensionReason.END_OF_CONTRACT,
    SuspensionReason.FRAUD_AT_CREATION,
    SuspensionReason.UNDER_INVESTIGATION,
    *_FOR_BOTH,
)
REASONS_FOR_BENEFICIARIES = (
    SuspensionReason.DELETED,
    SuspensionReason.RISKY_DEVICE,
    SuspensionReason.END_OF_ELIGIBILITY,
    SuspensionReason.FRAUD_CANCELLATION,
    SuspensionReason.FRAUD_DUPLICATE,
    SuspensionReason.FRAUD_DOCUMENT,
    SuspensionReason.FRAUD_HACKED,
    SuspensionReason.FRAUD_RESALE_PRODUCT,
    SuspensionReason.FRAUD_RESALE_PASS,
    *_FOR_BOTH,
)
