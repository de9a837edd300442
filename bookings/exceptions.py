"""Refusals of bookings: stable code, French message, HTTP status and the key of the partner API."""

from passpro.kernel.errors import DomainError


class BookingRefused(DomainError):
    """Base of the ordered checks of §5.2; always 400."""

    http_status = 400


class UnknownStock(BookingRefused):
    """BKG-10."""

    code = "STOCK_UNKNOWN"
    api_key = "stock"
    message = "Cette date ou ce stock n’existe pas."


class CategoryNotBookable(BookingRefused):
    """BKG-11."""

    code = "OFFER_CATEGORY_NOT_BOOKABLE_BY_USER"
    api_key = "code"
    message = "Cette offre est réservée aux bénéficiaires de 18 ans."


class CannotBookFreeOffers(BookingRefused):
    """BKG-12, BKG-24."""

    code = "CANNOT_BOOK_FREE_OFFERS"
    api_key = "cannotBookFreeOffers"
    message = "Ton compte ne permet pas de réserver : il faut être bénéficiaire du pass."


class OnlyBeneficiariesBook(DomainError):
    """BKG-24: a page of the young people opened by somebody else."""

    code = "NOT_A_BENEFICIARY"
    message = (
        "Vous pouvez consulter les offres, mais seuls les bénéficiaires du pass peuvent réserver."
    )
    http_status = 403


class AlreadyBooked(BookingRefused):
    """BKG-13."""

    code = "ALREADY_BOOKED"
    api_key = "code"
    message = (
        "Tu as déjà réservé cette offre : une seule réservation par offre. "
        "Retrouve-la dans tes réservations."
    )


class WrongQuantity(BookingRefused):
    """BKG-14."""

    code = "WRONG_QUANTITY"
    api_key = "quantity"
    message = "Cette offre se réserve pour une seule personne."


class StockNotBookable(BookingRefused):
    """BKG-15."""

    code = "STOCK_NOT_BOOKABLE"
    api_key = "code"
    message = (
        "Il n’y a plus de place ici : c’est complet ou fermé à la réservation. "
        "Choisis une autre date ou une autre offre."
    )


class NotYetBookable(StockNotBookable):
    """API-61: shown, but its bookings begin later; the code is the one that apps know."""

    def __init__(self, opens: str) -> None:
        super().__init__(f"Les réservations ouvrent {opens} : reviens à ce moment-là.")


class InsufficientCredit(BookingRefused):
    """BKG-16, BKG-23."""

    code = "INSUFFICIENT_CREDIT"
    api_key = "code"
    message = (
        "Ton crédit ne suffit pas pour cette réservation : "
        "choisis une offre moins chère, ou une seule place."
    )


class DigitalCeilingReached(InsufficientCredit):
    """BKG-17."""

    message = (
        "Cette réservation dépasse ton plafond pour les offres numériques : "
        "le reste de ton crédit sert aux sorties et aux objets."
    )


class PhysicalCeilingReached(InsufficientCredit):
    """BKG-18."""

    message = (
        "Cette réservation dépasse ton plafond pour les biens physiques : "
        "le reste de ton crédit sert aux sorties."
    )


class SoldOutAtPartner(BookingRefused):
    """BKG-20, API-273."""

    code = "PROVIDER_STOCK_SOLD_OUT"
    api_key = "code"
    message = "C’est complet : la billetterie du lieu vient de vendre la dernière place."


class NotEnoughSeats(BookingRefused):
    """BKG-20, API-273."""

    code = "PROVIDER_STOCK_NOT_ENOUGH_SEATS"
    api_key = "code"
    message = "Il ne reste pas assez de places à cette date : réserve pour une personne."


class TicketingFailed(BookingRefused):
    """BKG-20, API-271: silence, breakdown or a wrong number of tickets; nothing is charged."""

    code = "EXTERNAL_EVENT_PROVIDER_BOOKING_FAILED"
    api_key = "code"
    message = (
        "La billetterie du lieu ne répond pas : rien n’est réservé ni débité. "
        "Réessaie dans quelques minutes."
    )


class CinemaError(TicketingFailed):
    """BKG-20: no answer from a cinema."""

    code = "CINEMA_PROVIDER_ERROR"


class CinemaInactive(TicketingFailed):
    """BKG-20: the cinema stopped its synchronisation."""

    code = "CINEMA_PROVIDER_INACTIVE"
    message = "Ce cinéma ne prend plus de réservation ici pour l’instant : choisis une autre offre."


class CinemaFailed(TicketingFailed):
    """BKG-20: the cinema answered, and refused."""

    code = "CINEMA_PROVIDER_BOOKING_FAILED"
    message = "Le cinéma n’a pas pu prendre ta réservation : rien n’est débité. Réessaie plus tard."


class TicketsNotGivenBack(DomainError):
    """API-275: the ticketing of the partner did not cancel, so nobody does."""

    code = "FAILED_TO_CANCEL_EXTERNAL_BOOKING"
    api_key = "global"
    message = "L’annulation de réservation a échoué."
    http_status = 400


class NoCountermarkLeft(DomainError):
    """BKG-30: a hundred draws were all taken."""

    code = "NO_COUNTERMARK"
    message = "Aucune contremarque n’a pu être tirée. Réessaie dans un instant."
    http_status = 503


class UnknownBooking(DomainError):
    """Someone else's booking, or none (BKG-50)."""

    code = "BOOKING_UNKNOWN"
    message = "Cette réservation n’existe pas."
    http_status = 404


class UsedCannotBeCancelled(DomainError):
    """BKG-50."""

    code = "ALREADY_USED"
    message = "Cette réservation a déjà été utilisée : elle ne peut plus être annulée."


class CancellationLimitPassed(DomainError):
    """BKG-50."""

    code = "CONFIRMED_BOOKING"
    message = (
        "La date limite d’annulation est passée : cette réservation ne peut plus être annulée."
    )


class UnknownCountermark(DomainError):
    """DSK-52."""

    code = "COUNTERMARK_UNKNOWN"
    api_key = "global"
    message = "Cette contremarque n’a pas été trouvée."
    http_status = 404


class NoRightOnBooking(DomainError):
    """DSK-53."""

    code = "NO_RIGHT_ON_BOOKING"
    api_key = "user"
    message = "Cette contremarque est celle d’un autre lieu : vous n’avez pas les droits."
    http_status = 403


class InPayment(DomainError):
    """DSK-20, line 1."""

    code = "IN_PAYMENT"
    api_key = "payment"
    message = "Cette réservation a été remboursée, ou son remboursement est en cours."
    http_status = 403


class CountermarkAlreadyUsed(DomainError):
    """DSK-20, line 2."""

    code = "COUNTERMARK_ALREADY_USED"
    api_key = "booking"
    message = "Cette contremarque a déjà été validée."
    http_status = 410


class CountermarkCancelled(DomainError):
    """DSK-20, line 3."""

    code = "COUNTERMARK_CANCELLED"
    api_key = "booking_cancelled"
    message = "Cette réservation a été annulée."
    http_status = 410


class NotYetUsable(DomainError):
    """DSK-20, line 5; the message gives the local date and hour."""

    code = "NOT_YET_USABLE"
    api_key = "booking"
    message = "Vous ne pouvez pas encore valider cette contremarque."
    http_status = 403


class ListTooLongForPaper(DomainError):
    """An attendance list of a festival is read on the screen, or exported."""

    code = "LIST_TOO_LONG"
    message = (
        "Cette liste est trop longue pour un PDF : imprimez la page, ou exportez les réservations."
    )


class CodeCannotBeKept(DomainError):
    """DSK-30, line 1; BKG-91."""

    code = "ACTIVATION_CODE_GIVEN"
    api_key = "booking"
    message = "Cette réservation a donné un code d’activation : elle reste validée."
    http_status = 403


class CancelledCannotBeKept(DomainError):
    """DSK-30, line 2."""

    code = "BOOKING_CANCELLED"
    api_key = "booking"
    message = "Cette réservation a été annulée."
    http_status = 410


class PaidCannotBeKept(DomainError):
    """DSK-30, line 3."""

    code = "IN_PAYMENT"
    api_key = "payment"
    message = "Le remboursement de cette réservation est fait ou en cours : trop tard."
    http_status = 410


class NotUsed(DomainError):
    """DSK-30, line 4."""

    code = "NOT_USED"
    api_key = "booking"
    message = "Cette contremarque n’a pas encore été validée."
    http_status = 410


class AlreadyCancelled(DomainError):
    """DSK-40."""

    code = "ALREADY_CANCELLED"
    api_key = "global"
    message = "Cette réservation est déjà annulée."
    http_status = 410


class UsedCannotBeCancelledByOfferer(DomainError):
    """DSK-40."""

    code = "ALREADY_USED"
    api_key = "global"
    message = "Impossible d’annuler une réservation validée."
    http_status = 403


class ReimbursedCannotBeCancelled(DomainError):
    """DSK-40."""

    code = "IN_PAYMENT"
    api_key = "global"
    message = "Impossible d’annuler une réservation remboursée."
    http_status = 403


class NotCancelled(DomainError):
    """LST-32: only a cancelled booking is brought back."""

    code = "NOT_CANCELLED"
    message = "Cette réservation n’est pas annulée."


class CannotBeRevived(DomainError):
    """What was given back elsewhere cannot be taken again: tickets, local credit, incident."""

    code = "CANNOT_BE_REVIVED"
    message = (
        "Cette réservation ne se rétablit pas : elle avait des billets d’un partenaire, "
        "un crédit local, ou un incident de remboursement."
    )


class BookedAgainSince(DomainError):
    """BKG-13."""

    code = "BOOKED_AGAIN_SINCE"
    message = "Le bénéficiaire a réservé cette offre à nouveau depuis : une seule par offre."


class NoPlaceToRevive(DomainError):
    """BKG-25."""

    code = "NO_PLACE_TO_REVIVE"
    message = "Il n’y a plus de place à cette date : augmentez-en d’abord le nombre."


class NoDepositAtThisAge(DomainError):
    """CRD-02, CRD-10."""

    code = "NO_DEPOSIT_AT_THIS_AGE"
    message = "Aucun crédit n’existe à cet âge."


class DepositAlreadyGranted(DomainError):
    """CRD-01."""

    code = "DEPOSIT_ALREADY_GRANTED"
    message = "Ce crédit a déjà été accordé à cette personne."


class NotEligible(DomainError):
    """BKG-24: staff of venues and agents never hold a credit."""

    code = "NOT_ELIGIBLE"
    message = "Un compte professionnel ou un compte d’agent ne peut pas recevoir de crédit."


class ProgrammeOver(DomainError):
    """STR-006."""

    code = "LOCAL_PROGRAMME_OVER"
    message = "Ce programme est terminé : il ne s’accorde plus."


class LocalCreditAlreadyGranted(DomainError):
    """STR-006: once a person and programme."""

    code = "LOCAL_CREDIT_ALREADY_GRANTED"
    message = "Cette personne a déjà reçu ce crédit local."


class NobodyAtThisAddress(DomainError):
    code = "NOBODY_AT_THIS_ADDRESS"
    message = "Aucun compte n’a cette adresse."
    http_status = 400


# What may refuse one line of a pile of grants.
GRANT_REFUSALS = (NotEligible, ProgrammeOver, LocalCreditAlreadyGranted, NobodyAtThisAddress)


class TicketsAlreadySold(DomainError):
    """API-184, API-277."""

    code = "STOCK_FROM_CHARLIE_API_CANNOT_BE_DELETED"
    message = "You can't delete a stock where bookings have tickets"
    http_status = 400
