"""Answers of the countermark API, with the keys that connected software already knows."""

from typing import Any

from django.http import HttpResponse, JsonResponse

from bookings import exceptions
from bookings.emails import public_id
from bookings.models import Booking
from passpro.kernel.errors import DomainError

LOGIN_REQUIRED = {"auth": "API key or login required"}
WRONG_PASSWORD = {"identifier": ["Identifiant ou mot de passe incorrect"]}
INACTIVE_STRUCTURE = {"auth": ["Inactive offerer"]}
INACTIVE_PROVIDER = {"auth": ["Inactive provider"]}
TOO_MANY = {
    "global": ["Nombre de tentatives de connexion dépassé, veuillez réessayer dans une minute"]
}
WRONG_METHOD = {"global": ["La méthode que vous utilisez n'existe pas sur notre serveur"]}

_FORMULAS = {
    "SEANCE_CINE": "PLACE",
    "CARTE_CINE_ILLIMITE": "ABO",
    "CARTE_CINE_MULTISEANCES": "ABO",
}


# API-231: software reads these sentences and shows them; people at the desk read ours.
_CONTRACT: dict[type[DomainError], str] = {
    exceptions.UnknownCountermark: "Cette contremarque n'a pas été trouvée",
    exceptions.NoRightOnBooking: (
        "Vous n’avez pas les droits suffisants pour valider cette contremarque car cette "
        "réservation n'a pas été faite sur une de vos offres, ou que votre rattachement à la "
        "structure est encore en cours de validation"
    ),
    exceptions.TicketsNotGivenBack: "L'annulation de réservation a échoué.",
    exceptions.InPayment: "Cette réservation a été remboursée",
    exceptions.CountermarkAlreadyUsed: "Cette réservation a déjà été validée",
    exceptions.CountermarkCancelled: "Cette réservation a été annulée",
    exceptions.CancelledCannotBeKept: "Cette réservation a été annulée",
    exceptions.PaidCannotBeKept: "Le remboursement est en cours de traitement",
    exceptions.NotUsed: "Cette réservation n'a pas encore été validée",
    exceptions.AlreadyCancelled: "Cette contremarque a déjà été annulée",
    exceptions.UsedCannotBeCancelledByOfferer: "Impossible d'annuler une réservation consommée",
    exceptions.ReimbursedCannotBeCancelled: "Impossible d'annuler une réservation consommée",
}
NO_RIGHT_TO_CANCEL = "Vous n'avez pas les droits suffisants pour annuler cette réservation."


def refusal(error: DomainError) -> JsonResponse:
    """{"<key>": ["message"]} with the refusal's own status."""
    key = getattr(error, "api_key", None) or error.field or "global"
    text = _CONTRACT.get(type(error), error.message)
    return JsonResponse({key: [text]}, status=error.http_status)


def no_content() -> HttpResponse:
    return HttpResponse(status=204)


def body_of(booking: Booking) -> dict[str, Any]:
    """DSK-54; the price in euros, the beginning in UTC with a final Z."""
    offer, venue, person = booking.offer, booking.venue, booking.beneficiary
    subcategory, beginning = offer.subcategory, booking.stock.beginning_at
    ean = str(offer.extra_data.get("ean") or "") if subcategory.shows_ean_at_desk else None
    born = person.date_of_birth
    return {
        "bookingId": public_id(booking.pk),
        "dateOfBirth": f"{born.isoformat()}T00:00:00Z" if born else None,
        "datetime": f"{beginning:%Y-%m-%dT%H:%M:%SZ}" if beginning else "",
        "ean13": ean,
        "email": person.email,
        "firstName": person.first_name,
        "formula": _FORMULAS.get(subcategory.id),
        "isUsed": booking.used_at is not None,
        "lastName": person.last_name,
        "offerId": offer.pk,
        "offerName": offer.title,
        "offerType": "EVENEMENT" if subcategory.is_event else "BIEN",
        "phoneNumber": person.phone or None,
        "price": booking.amount_cents / 100,
        "priceCategoryLabel": booking.price_category_label or None,
        "publicOfferId": public_id(offer.pk),
        "quantity": booking.quantity,
        "theater": _theater(offer.extra_data),
        "userName": person.get_full_name(),
        "venueAddress": venue.street or None,
        "venueDepartmentCode": venue.department_code or None,
        "venueName": venue.shown_name,
    }


def _theater(extra_data: dict[str, Any]) -> dict[str, Any]:
    """What the schedules of a cinema left on the offer: its film and its room; else nothing."""
    found = extra_data.get("theater")
    return found if isinstance(found, dict) else {}
