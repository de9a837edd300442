"""Refusals of the school half: stable code, French message, HTTP status."""

from passpro.kernel.errors import DomainError


class NotReferenced(DomainError):
    """§5.1: only structures that ADAGE knows may address schools."""

    code = "OFFERER_NOT_REFERENCED"
    message = (
        "Votre structure n’est pas encore référencée dans ADAGE : "
        "demandez le référencement avant de proposer une offre aux écoles."
    )
    http_status = 403


class InvalidOffer(DomainError):
    """A field that the form let through does not hold."""

    code = "OFFER_INVALID"
    http_status = 400


class ActionNotAllowed(DomainError):
    """§3.5: the table of allowed actions says no."""

    code = "ACTION_NOT_ALLOWED"
    http_status = 403

    def __init__(self, status_label: str) -> None:
        super().__init__(f"Cette action n’est pas possible : l’offre est « {status_label} ».")


class NotPublishable(DomainError):
    """§5.4: institution and stock are mandatory, dates ahead."""

    code = "OFFER_NOT_PUBLISHABLE"
    http_status = 400


class WrongDates(DomainError):
    """§5.3."""

    code = "WRONG_DATES"
    http_status = 400


class PriceRaised(DomainError):
    """§4.8."""

    code = "PRICE_RAISED"
    message = "Une fois l’offre réservée, le prix ne peut pas dépasser le prix actuel."
    http_status = 403


class UnknownInstitution(DomainError):
    """§4.1 line 4, §5.5."""

    code = "UNKNOWN_EDUCATIONAL_INSTITUTION"
    message = "Aucun établissement actif n’a ce code UAI."
    http_status = 400


class IncompleteIdentity(DomainError):
    """§4.1 lines 1 and 2."""

    code = "AUTHORIZATION"
    message = "Votre accès ne permet pas de préréserver : revenez depuis ADAGE."
    http_status = 403


class WrongUai(DomainError):
    """§4.1 line 8."""

    code = "WRONG_UAI_CODE"
    message = "Cette offre est adressée à un autre établissement."
    http_status = 403


class StockNotBookable(DomainError):
    """§4.1 line 6."""

    code = "EDUCATIONAL_STOCK_NOT_BOOKABLE"
    message = "Cette offre n’est plus disponible : elle est déjà préréservée, close ou retirée."
    http_status = 400


class NoSchoolYear(DomainError):
    """§4.1 line 7."""

    code = "EDUCATIONAL_YEAR_NOT_FOUND"
    message = "Aucune année scolaire n’est ouverte pour cette date."
    http_status = 400


class BookingCancelled(DomainError):
    """§4.2 line 3."""

    code = "EDUCATIONAL_BOOKING_IS_CANCELLED"
    message = "Cette préréservation a été annulée."
    http_status = 422


class ConfirmationLimitPassed(DomainError):
    """§4.2 line 4."""

    code = "CONFIRMATION_LIMIT_DATE_HAS_PASSED"
    message = "La date limite de confirmation est passée."
    http_status = 422


class NoBudget(DomainError):
    """§4.2 line 5."""

    code = "DEPOSIT_NOT_FOUND"
    message = "Votre établissement n’a pas de budget pour cette période."
    http_status = 404


class InsufficientFund(DomainError):
    """§4.2, final budget."""

    code = "INSUFFICIENT_FUND"
    message = "Le budget de l’établissement ne suffit pas pour cette réservation."
    http_status = 422


class InsufficientTemporaryFund(DomainError):
    """§4.2, temporary budget: the 80 % rule."""

    code = "INSUFFICIENT_FUND_DEPOSIT_NOT_FINAL"
    message = (
        "Le budget de l’établissement est provisoire : seuls 80 % peuvent être dépensés, "
        "et cette réservation dépasse cette part."
    )
    http_status = 422


class InsufficientMinistryFund(DomainError):
    """§4.2: a third of what the ministry gives for the year, from September to December."""

    code = "INSUFFICIENT_MINISTRY_FUND"
    message = (
        "Le ministère ne finance pas plus du tiers de l’année de septembre à décembre : "
        "cette part est dépensée."
    )
    http_status = 422


class CancelledMeanwhile(DomainError):
    """§4.3: another writer was faster."""

    code = "EDUCATIONAL_BOOKING_ALREADY_CANCELLED"
    message = "Cette réservation vient d’être annulée."
    http_status = 422


class NotRefusable(DomainError):
    """§4.3."""

    code = "EDUCATIONAL_BOOKING_NOT_REFUSABLE"
    message = "La date limite d’annulation est passée : adressez-vous au partenaire culturel."
    http_status = 422


class NothingToCancel(DomainError):
    """§4.5."""

    code = "NO_BOOKING"
    message = "Cette offre n’a pas de réservation à annuler."
    http_status = 400


class UnknownBooking(DomainError):
    """§4.2, §4.3."""

    code = "EDUCATIONAL_BOOKING_NOT_FOUND"
    message = "Cette réservation n’existe pas."
    http_status = 404


class NoDeposit(DomainError):
    """§6.1: no school has a budget that year."""

    code = "EDUCATIONAL_DEPOSIT_NOT_FOUND"
    message = "Aucun budget pour cette année scolaire."
    http_status = 404


class UnknownSchool(DomainError):
    """§6.1."""

    code = "EDUCATIONAL_INSTITUTION_NOT_FOUND"
    message = "Aucun établissement n’a ce code UAI."
    http_status = 404


class NoVenues(DomainError):
    """§6.1."""

    code = "VENUES_NOT_FOUND"
    message = "Aucun lieu ne correspond."
    http_status = 404


class NoVenue(DomainError):
    """§6.1."""

    code = "VENUE_NOT_FOUND"
    message = "Ce lieu n’existe pas."
    http_status = 404


class SourceUnknown(DomainError):
    """§6.7: ADAGE reads the sentence."""

    code = "Source institution not found"
    message = "L’établissement d’origine n’existe pas."
    http_status = 404


class YearWithoutSchools(DomainError):
    """§6.7: ADAGE's feed of the current year is empty."""

    code = "no institution found in the current year"
    message = "ADAGE ne liste aucun établissement pour l’année en cours."
    http_status = 404


class DestinationUnknown(DomainError):
    """§6.7: answered under its field."""

    code = "DESTINATION_NOT_FOUND"
    message = "not found"
    http_status = 404


class InvalidIncident(DomainError):
    """§4.9: what is taken back, of which booking."""

    code = "INCIDENT_INVALID"
    http_status = 400


class BadTicket(DomainError):
    """§7.1: unreadable, wrong key, wrong audience, or a claim is missing."""

    code = "UNRECOGNIZED_TOKEN"
    message = "Cette adresse d’entrée n’est pas reconnue. Revenez depuis ADAGE."
    http_status = 403


class TicketExpired(DomainError):
    """§7.1."""

    code = "TOKEN_EXPIRED"
    message = "Cette adresse d’entrée a expiré. Revenez depuis ADAGE."
    http_status = 422


class TicketWithoutEnd(BadTicket):
    """§7.1: an address that would live for ever."""


class InPayment(DomainError):
    """§4.9: only a finance incident may take it back."""

    code = "BOOKING_IN_PAYMENT"
    message = "Cette réservation est dans un paiement : passez par un incident de remboursement."
    http_status = 409


class CannotComeBack(DomainError):
    """§4.9."""

    code = "BOOKING_CANNOT_COME_BACK"
    message = (
        "Cette réservation ne peut pas être rétablie : elle n’est pas annulée, sa date a été "
        "supprimée ou une autre classe a la place."
    )
    http_status = 409


class TeacherUnknown(DomainError):
    """§5.5."""

    code = "EDUCATIONAL_REDACTOR_NOT_FOUND"
    message = "ADAGE ne connaît pas cet enseignant dans cet établissement : choisissez-le."
    http_status = 404


class StaffUnavailable(DomainError):
    """§5.5: ADAGE does not answer."""

    code = "ADAGE_UNAVAILABLE"
    message = "ADAGE ne répond pas : réessayez, ou continuez sans nommer l’enseignant."
    http_status = 503


class OfferNotFound(DomainError):
    """§7.2."""

    code = "COLLECTIVE_OFFER_NOT_FOUND"
    message = "Cette offre n’est pas publiée."
    http_status = 404


class TicketReplayed(DomainError):
    """An address of entry serves once."""

    code = "TOKEN_REPLAYED"
    message = "Cette adresse d’entrée a déjà servi. Revenez depuis ADAGE."
    http_status = 403


class BadBudgetFile(DomainError):
    """The import stops whole; `details["lines"]` says what is wrong, line by line."""

    code = "BUDGET_FILE_INVALID"
    message = "Le fichier n’a pas été importé."
    http_status = 400


class TemplateNotFound(DomainError):
    """§7.2: a template is read by teachers while it is shown only."""

    code = "COLLECTIVE_OFFER_TEMPLATE_NOT_FOUND"
    message = "Cette offre n’est plus proposée."
    http_status = 404


class InvalidRequest(DomainError):
    """A teacher's request that does not hold."""

    code = "REQUEST_INVALID"
    http_status = 400


class MadeByPartner(DomainError):
    """§3.5: an offer created by software is edited there."""

    code = "OFFER_OF_A_PARTNER"
    message = "Cette offre est gérée par un logiciel : modifiez-la dans ce logiciel."
    http_status = 403


class OnSandboxOnly(DomainError):
    """§9.6: in production these moves do not exist."""

    code = "SANDBOX_ONLY"
    message = "unauthorized action"
    http_status = 403


class AlreadyCancelled(DomainError):
    """§9.6."""

    code = "ALREADY_CANCELLED_BOOKING"
    message = "Cette réservation est déjà annulée."
    http_status = 403


class Paid(DomainError):
    """§9.6: used or paid, the amount is due."""

    code = "BOOKING_IS_REIMBURSED"
    message = "Cette réservation est déjà due ou payée."
    http_status = 403


class OnlyConfirmed(DomainError):
    """§9.6."""

    code = "ONLY_CONFIRMED_BOOKING_CAN_BE_USED"
    message = "Seule une réservation confirmée peut être effectuée."
    http_status = 403


class OnlyUsed(DomainError):
    """§9.6; the code names the present state."""

    message = "Seule une réservation effectuée peut être payée."
    http_status = 403

    def __init__(self, status: str) -> None:
        super().__init__()
        self.code = f"CANNOT_REIMBURSE_{status}_BOOKING"


class NotResettable(DomainError):
    """§9.6; the code names the present state."""

    message = "Une réservation effectuée ou payée ne redevient pas une préréservation."
    http_status = 403

    def __init__(self, status: str) -> None:
        super().__init__()
        self.code = f"CANNOT_SET_BACK_{status}_BOOKING_TO_PENDING"
