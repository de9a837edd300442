"""States, motives and kinds of the money side (finance.md §2, §6, §8, §10, §14)."""

from django.db import models


class BankAccountStatus(models.TextChoices):
    """§14.1: only ACCEPTED is paid."""

    DRAFT = "DRAFT", "En attente"
    ON_GOING = "ON_GOING", "En cours de vérification"
    WITH_PENDING_CORRECTIONS = "WITH_PENDING_CORRECTIONS", "À corriger"
    ACCEPTED = "ACCEPTED", "Validé"
    REFUSED = "REFUSED", "Refusé"
    WITHOUT_CONTINUATION = "WITHOUT_CONTINUATION", "Classé sans suite"


WAITING_ACCOUNT_STATUSES = frozenset(
    {
        BankAccountStatus.DRAFT,
        BankAccountStatus.ON_GOING,
        BankAccountStatus.WITH_PENDING_CORRECTIONS,
    }
)
CLOSED_ACCOUNT_STATUSES = frozenset(
    {BankAccountStatus.REFUSED, BankAccountStatus.WITHOUT_CONTINUATION}
)


class BankAccountRefusal(models.TextChoices):
    """Why a bank account is not accepted, or is to be corrected (§14.3)."""

    UNREADABLE_RIB = "UNREADABLE_RIB", "RIB illisible ou incomplet"
    OTHER_IBAN = "OTHER_IBAN", "IBAN différent de celui du RIB"
    OTHER_HOLDER = "OTHER_HOLDER", "Titulaire différent de la structure"
    OLD_RIB = "OLD_RIB", "RIB de plus de trois mois"
    FOREIGN_ACCOUNT = "FOREIGN_ACCOUNT", "Compte hors de la zone SEPA"
    TOO_LATE = "TOO_LATE", "Pas de réponse dans le délai"
    OTHER = "OTHER", "Autre motif"


class BankAccountPart(models.TextChoices):
    """What only some people may open, each time with a trace."""

    RIB = "RIB", "RIB"
    IBAN = "IBAN", "IBAN en entier"


class EventMotive(models.TextChoices):
    """§2.1."""

    BOOKING_USED = "BOOKING_USED", "Réservation validée"
    BOOKING_USED_AFTER_CANCELLATION = (
        "BOOKING_USED_AFTER_CANCELLATION",
        "Réservation validée après annulation",
    )
    BOOKING_UNUSED = "BOOKING_UNUSED", "Validation défaite"
    BOOKING_CANCELLED_AFTER_USE = "BOOKING_CANCELLED_AFTER_USE", "Annulée après validation"
    INCIDENT_REVERSAL = "INCIDENT_REVERSAL", "Incident : reprise"
    INCIDENT_NEW_PRICE = "INCIDENT_NEW_PRICE", "Incident : nouveau montant"
    INCIDENT_GESTURE = "INCIDENT_GESTURE", "Incident : geste commercial"


INCIDENT_MOTIVES = frozenset(
    {
        EventMotive.INCIDENT_REVERSAL,
        EventMotive.INCIDENT_NEW_PRICE,
        EventMotive.INCIDENT_GESTURE,
    }
)


class EventStatus(models.TextChoices):
    """§2.2."""

    PENDING = "PENDING", "Sans point de valorisation"
    READY = "READY", "À valoriser"
    PRICED = "PRICED", "Valorisé"
    CANCELLED = "CANCELLED", "Défait"
    NOT_TO_BE_PRICED = "NOT_TO_BE_PRICED", "Trace"


class PricingStatus(models.TextChoices):
    """§8."""

    PENDING = "PENDING", "Bloquée"
    VALIDATED = "VALIDATED", "À rembourser"
    REJECTED = "REJECTED", "Rejetée"
    CANCELLED = "CANCELLED", "Annulée"
    PROCESSED = "PROCESSED", "Dans un lot"
    INVOICED = "INVOICED", "Sur un justificatif"


# A pricing in one of these is money on its way: only an incident may undo it.
FROZEN_PRICING_STATUSES = frozenset({PricingStatus.PROCESSED, PricingStatus.INVOICED})


class LineCategory(models.TextChoices):
    OFFERER_REVENUE = "OFFERER_REVENUE", "Montant de la réservation"
    OFFERER_CONTRIBUTION = "OFFERER_CONTRIBUTION", "Contribution de l’acteur culturel"
    PASS_CULTURE_COMMISSION = "PASS_CULTURE_COMMISSION", "Commission"
    COMMERCIAL_GESTURE = "COMMERCIAL_GESTURE", "Geste commercial"


class PricingLogReason(models.TextChoices):
    MARKED_UNUSED = "MARKED_UNUSED", "Validation défaite"
    AMOUNT_CHANGED = "AMOUNT_CHANGED", "Montant modifié"
    DATE_CHANGED = "DATE_CHANGED", "Date modifiée"
    CASHFLOW_GENERATED = "CASHFLOW_GENERATED", "Entrée dans un lot"
    INVOICE_GENERATED = "INVOICE_GENERATED", "Justificatif émis"


class BatchStatus(models.TextChoices):
    """GENERATING may be resumed; a person moves UNDER_REVIEW on; INVOICED is final."""

    GENERATING = "GENERATING", "En préparation"
    UNDER_REVIEW = "UNDER_REVIEW", "À contrôler"
    ACCEPTED = "ACCEPTED", "Contrôlé"
    INVOICED = "INVOICED", "Justificatifs émis"


class CashflowStatus(models.TextChoices):
    """§10.4."""

    PENDING = "PENDING", "En préparation"
    UNDER_REVIEW = "UNDER_REVIEW", "En contrôle"
    ACCEPTED = "ACCEPTED", "Justificatif émis"


class InvoiceKind(models.TextChoices):
    """§12.1, §12.6: what we pay, and what a venue owes us after an incident."""

    REIMBURSEMENT = "REIMBURSEMENT", "Justificatif de remboursement"
    DEBIT_NOTE = "DEBIT_NOTE", "Justificatif de trop perçu"


class BatchFileKind(models.TextChoices):
    """§11: files of a batch for accountants, beside the transfer file."""

    BANK_ACCOUNTS = "BANK_ACCOUNTS", "Comptes bancaires"
    DOWN_PAYMENT = "DOWN_PAYMENT", "Montants à payer"
    INVOICES = "INVOICES", "Justificatifs"


class IncidentKind(models.TextChoices):
    """§15.1; the last two exist as values and cannot be chosen."""

    OVERPAYMENT = "OVERPAYMENT", "Trop perçu"
    COMMERCIAL_GESTURE = "COMMERCIAL_GESTURE", "Geste commercial"
    FRAUD = "FRAUD", "Fraude"
    OFFER_PRICE_REGULATION = "OFFER_PRICE_REGULATION", "Régulation du prix"


class IncidentStatus(models.TextChoices):
    """§15.1: the last two are final; « Terminé » is VALIDATED with all its money paid."""

    CREATED = "CREATED", "À valider"
    VALIDATED = "VALIDATED", "Validé"
    CANCELLED = "CANCELLED", "Annulé"


class Compensation(models.TextChoices):
    """How an overpayment comes back (§15.3)."""

    NEXT_BATCH = "NEXT_BATCH", "Sur les prochains remboursements"
    DEBIT_NOTE = "DEBIT_NOTE", "Par une note de débit"
