"""What a state looks like: one icon, one word, one tone per value, used by every screen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    word: str
    icon: str
    tone: str = ""


_WAITING = "hourglass-split"

LOOKS: dict[str, dict[str, Look]] = {
    "offer": {
        "DRAFT": Look("Brouillon", "pencil-fill"),
        "PENDING": Look("En instruction", _WAITING, "wait"),
        "SCHEDULED": Look("Programmée", "clock-fill", "planned"),
        "ACTIVE": Look("Publiée", "check-circle-fill", "ok"),
        "INACTIVE": Look("En pause", "pause-circle-fill"),
        "SOLD_OUT": Look("Épuisée", "fire", "alert"),
        "EXPIRED": Look("Expirée", "clock-history", "alert"),
        "REJECTED": Look("Refusée", "x-octagon-fill", "bad"),
    },
    "booking": {
        "CONFIRMED": Look("Réservée", "bookmark-fill", "booked"),
        # CONFIRMED once its cancellation limit has passed (LST-11).
        "CONFIRMED_FINAL": Look("Confirmée", "check2-all", "booked"),
        "USED": Look("Validée", "check-circle-fill", "ok"),
        "REIMBURSED": Look("Remboursée", "bank2", "paid"),
        "CANCELLED": Look("Annulée", "x-circle-fill", "bad"),
    },
    "collective": {
        "DRAFT": Look("Brouillon", "pencil-fill"),
        "UNDER_REVIEW": Look("En instruction", _WAITING, "wait"),
        "REJECTED": Look("Non conforme", "x-octagon-fill", "bad"),
        "PUBLISHED": Look("Publiée", "check-circle-fill", "ok"),
        "HIDDEN": Look("En pause", "pause-circle-fill"),
        "PREBOOKED": Look("Préréservée", _WAITING, "wait"),
        "BOOKED": Look("Réservée", "bookmark-fill", "booked"),
        "ENDED": Look("Terminée", "check2-all", "ok"),
        "REIMBURSED": Look("Payée", "bank2", "paid"),
        "EXPIRED": Look("Expirée", "clock-history", "alert"),
        "CANCELLED": Look("Annulée", "x-circle-fill", "bad"),
        "ARCHIVED": Look("Archivée", "archive-fill"),
    },
    "collective_booking": {
        "PENDING": Look("Préréservée", _WAITING, "wait"),
        "CONFIRMED": Look("Réservée", "bookmark-fill", "booked"),
        # CONFIRMED once the school can no longer cancel.
        "FINAL": Look("Confirmée", "check2-all", "booked"),
        "USED": Look("Terminée", "check2-all", "ok"),
        "REIMBURSED": Look("Payée", "bank2", "paid"),
        "CANCELLED": Look("Annulée", "x-circle-fill", "bad"),
    },
    "offerer": {
        "NEW": Look("Nouvelle", _WAITING, "wait"),
        "PENDING": Look("En attente", _WAITING, "wait"),
        "VALIDATED": Look("Validée", "check-circle-fill", "ok"),
        "REJECTED": Look("Refusée", "x-octagon-fill", "bad"),
        "CLOSED": Look("Fermée", "archive-fill"),
    },
    "membership": {
        "PENDING": Look("En attente", _WAITING, "wait"),
        "VALIDATED": Look("Validé", "check-circle-fill", "ok"),
        "REJECTED": Look("Refusé", "x-octagon-fill", "bad"),
        "REMOVED": Look("Retiré", "archive-fill"),
    },
    "invitation": {
        "PENDING": Look("Invitation envoyée", _WAITING, "wait"),
        "EXPIRED": Look("Invitation expirée", "x-octagon-fill", "bad"),
        "ACCEPTED": Look("Acceptée", "check-circle-fill", "ok"),
        "DECLINED": Look("Refusée", "x-octagon-fill", "bad"),
        "WITHDRAWN": Look("Annulée", "archive-fill"),
    },
    "venue_provider": {
        "ACTIVE": Look("Autorisé", "check-circle-fill", "ok"),
        "PAUSED": Look("En pause", "pause-circle-fill"),
        "REVOKED": Look("Retiré", "x-circle-fill", "bad"),
    },
    "adage": {
        "SUBMITTED": Look("Déposée", _WAITING, "wait"),
        "REVIEW": Look("En instruction", _WAITING, "wait"),
        "ACCEPTED": Look("Acceptée", "check-circle-fill", "ok"),
        "REFUSED": Look("Refusée", "x-octagon-fill", "bad"),
        "DROPPED": Look("Classée sans suite", "archive-fill"),
        "WITHDRAWN": Look("Retirée", "x-circle-fill"),
    },
    "bank_account": {
        "DRAFT": Look("En attente", _WAITING, "wait"),
        "ON_GOING": Look("En cours de vérification", _WAITING, "wait"),
        "WITH_PENDING_CORRECTIONS": Look("À corriger", "pencil-fill", "alert"),
        "ACCEPTED": Look("Validé", "check-circle-fill", "ok"),
        "REFUSED": Look("Refusé", "x-octagon-fill", "bad"),
        "WITHOUT_CONTINUATION": Look("Classé sans suite", "archive-fill"),
    },
    "cashflow": {
        "PENDING": Look("En attente", _WAITING, "wait"),
        "UNDER_REVIEW": Look("En cours de virement", "clock-fill", "planned"),
        "SENT": Look("En cours de virement", "clock-fill", "planned"),
        "ACCEPTED": Look("Payé", "bank2", "paid"),
        "REJECTED": Look("Rejeté par la banque", "x-octagon-fill", "bad"),
    },
    "batch": {
        "GENERATING": Look("En préparation", _WAITING, "wait"),
        "UNDER_REVIEW": Look("À contrôler", "clock-fill", "planned"),
        "ACCEPTED": Look("Contrôlé", "check2-all", "ok"),
        "INVOICED": Look("Justificatifs émis", "bank2", "paid"),
    },
}


def look_of(kind: str, value: object) -> Look:
    """The look of a state; an unknown one keeps its own word, in the neutral tone."""
    return LOOKS[kind].get(str(value)) or Look(getattr(value, "label", str(value)), "circle-fill")
