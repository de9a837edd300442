"""Refusals of finance: a code, a French message, an HTTP status."""

from passpro.kernel.errors import DomainError


class InvalidIban(DomainError):
    code = "invalid_iban"
    http_status = 400


class InvalidBic(DomainError):
    code = "invalid_bic"
    http_status = 400


class InvalidRib(DomainError):
    code = "invalid_rib"
    http_status = 400


class BankAccountAlreadyFiled(DomainError):
    code = "bank_account_already_filed"
    message = "Ce compte bancaire est déjà enregistré pour cette structure."


class BankAccountNotFound(DomainError):
    """§14.4-1: not in this structure, or not accepted."""

    code = "bank_account_not_found"
    message = "Ce compte bancaire n’existe pas ou n’est pas encore validé."
    http_status = 404


class VenueAlreadyLinked(DomainError):
    """§14.4-2."""

    code = "VENUE_ALREADY_LINKED_TO_ANOTHER_BANK_ACCOUNT"
    http_status = 400

    def __init__(self, names: list[str]) -> None:
        many = len(names) > 1
        super().__init__(
            f"{', '.join(names)} {'sont déjà rattachés' if many else 'est déjà rattaché'} à un "
            "autre compte bancaire. Détachez d’abord "
            f"{'ces lieux' if many else 'ce lieu'} de l’autre compte."
        )


class PricingPointRefused(DomainError):
    """§3.4, §3.5: own SIRET, no such venue, no SIRET, another structure, or already chosen."""

    code = "CANNOT_LINK_VENUE_TO_PRICING_POINT"
    message = "Ce SIRET ne peut pas être choisi."
    http_status = 400

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, field="pricing_point")


class SiretStays(DomainError):
    """VEN-25: why a SIRET may not move or leave."""

    code = "siret_stays"
    message = "Ce SIRET ne peut pas être déplacé ni retiré."


class OfferStays(DomainError):
    """OFF-150: why an event may not move to another venue."""

    code = "offer_stays"
    message = "Cette offre ne peut pas changer de lieu."


class DecisionNeedsReason(DomainError):
    code = "decision_needs_reason"
    message = "Dites pourquoi : le motif est communiqué à la structure."
    http_status = 400


class MoneyRunBusy(DomainError):
    """§22: pricing and batches never run twice at once."""

    code = "money_run_busy"
    message = "Un calcul des remboursements est déjà en cours. Réessayez dans quelques minutes."


class CutoffInFuture(DomainError):
    code = "cutoff_in_future"
    message = "La date d’arrêté ne peut pas être dans le futur."
    http_status = 400


class CutoffNotAfterLatest(DomainError):
    """§9.6."""

    code = "cutoff_not_after_latest"
    message = "La date d’arrêté doit être postérieure à celle du dernier lot."


class BatchUnfinished(DomainError):
    code = "batch_unfinished"
    message = "Un lot a été interrompu : terminez-le avant d’en faire un autre."


class BatchNotReady(DomainError):
    code = "batch_not_ready"
    message = "Ce lot n’est pas à contrôler."


class SecondPersonNeeded(DomainError):
    code = "second_person_needed"
    message = "Au-delà de ce montant, une autre personne doit aussi accepter le lot."


class BatchNotAccepted(DomainError):
    code = "batch_not_accepted"
    message = "Le lot doit être contrôlé et accepté avant d’émettre les justificatifs."


class NothingToInvoice(DomainError):
    code = "nothing_to_invoice"
    message = "Il n’y a aucun justificatif à émettre pour ce lot."


class PayerMissing(DomainError):
    """§11.4: no file without the paying company's data."""

    code = "payer_missing"
    message = (
        "Le fichier de virement ne peut pas être fait : le nom, l’IBAN, le BIC ou le code "
        "émetteur de la société payeuse manque dans les réglages."
    )


class TransferFileInvalid(DomainError):
    code = "transfer_file_invalid"
    message = "Le fichier de virement ne respecte pas la norme SEPA : il n’a pas été gardé."


class CustomRuleRefused(DomainError):
    """§7.3: shape, dates or overlap; the message says which."""

    code = "custom_rule_refused"
    message = "Ce tarif dérogatoire ne peut pas être enregistré."
    http_status = 400


class IncidentRefused(DomainError):
    """§15.2: what cannot be proposed; the message says which booking and why."""

    code = "incident_refused"
    http_status = 400


class IncidentNotOpen(DomainError):
    code = "incident_not_open"
    message = "Cet incident est déjà validé ou annulé."


class AnotherPersonNeeded(DomainError):
    code = "another_person_needed"
    message = "Une autre personne doit valider cet incident : vous l’avez proposé."


class IncidentSettled(DomainError):
    """§15.3-7."""

    code = "incident_settled"
    message = "L’argent de cet incident est déjà passé : il ne change plus."


class BankAnswerUnreadable(DomainError):
    code = "bank_answer_unreadable"
    message = "Ce fichier n’est ni un pain.002 ni un camt.054 lisible : rien n’a été importé."
    http_status = 400
