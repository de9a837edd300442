"""Countermarks for partners: `/public/bookings/v1` (API-120 to API-124, DSK-60 to DSK-63)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bookings import exceptions
from bookings.models import Booking
from bookings.services import cancel, countermark
from offers.models import Offer
from passpro.kernel import clock
from passpro.kernel.errors import DomainError
from passpro.partner_api.answers import instant, refused
from venues.api.door import Call
from venues.api.venues import NOT_FOUND, venues_of

_REIMBURSED = "This booking has been reimbursed"
# API-121, API-40: status, key and bare message of each refusal.
_REFUSALS: dict[type[DomainError], tuple[int, str, str]] = {
    exceptions.UnknownCountermark: (404, "global", "This countermark cannot be found"),
    exceptions.InPayment: (403, "payment", "This booking has already been reimbursed"),
    exceptions.CountermarkAlreadyUsed: (410, "booking", "This booking has already been validated"),
    exceptions.CountermarkCancelled: (410, "booking", "This booking has been cancelled"),
    exceptions.CodeCannotBeKept: (
        403,
        "booking",
        "This booking has validation codes, and cannot be marked as unused",
    ),
    exceptions.CancelledCannotBeKept: (410, "booking", "This booking has been cancelled"),
    exceptions.PaidCannotBeKept: (403, "payment", _REIMBURSED),
    exceptions.NotUsed: (403, "booking", "This booking has not been used"),
    exceptions.AlreadyCancelled: (410, "booking", "This booking has already been cancelled"),
    exceptions.UsedCannotBeCancelledByOfferer: (410, "booking", "This booking has been validated"),
    exceptions.ReimbursedCannotBeCancelled: (403, "payment", _REIMBURSED),
    exceptions.CancellationLimitPassed: (
        403,
        "booking",
        "This booking cannot be cancelled anymore",
    ),
}


@contextmanager
def _in_their_words() -> Iterator[None]:
    """Bare messages in English; the date of NotYetUsable is told in ours."""
    try:
        yield
    except DomainError as error:
        known = _REFUSALS.get(type(error))
        if known is not None:
            status, key, text = known
            raise refused(status, **{key: text}) from None
        key = getattr(error, "api_key", None) or "global"
        status = 400 if error.http_status == 409 else error.http_status
        raise refused(status, **{key: error.message}) from None


def bookings(call: Call) -> dict[str, Any]:
    """API-123, by increasing id from `firstIndex`; without filter, all the partner's venues."""
    query = call.query
    rows = Booking.objects.filter(venue__in=venues_of(call), pk__gte=query["firstIndex"])
    wanted = {
        "offer_id": query["offerId"],
        "venue_id": query["venueId"],
        "stock__price_category_id": query["priceCategoryId"],
        "stock_id": query["stockId"],
        "status": query["status"],
        "stock__beginning_at": query["beginningDatetime"],
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    found = list(rows.with_desk_data().order_by("pk")[: query["limit"]])
    if not found:
        _check_they_exist(call)
    return {"bookings": [body_of(booking) for booking in found]}


def _check_they_exist(call: Call) -> None:
    """An empty page of something that is not the partner's is a 404."""
    offer_id, venue_id = call.query["offerId"], call.query["venueId"]
    if offer_id is not None:
        theirs = Offer.objects.filter(venue__in=venues_of(call), pk=offer_id)
        if not theirs.exists():
            raise refused(404, offer="we could not find this offer id")
    if venue_id is not None and not venues_of(call).filter(pk=venue_id).exists():
        raise refused(404, **{"global": NOT_FOUND})


def look_up(call: Call, token: str) -> dict[str, Any]:
    with _in_their_words():
        booking = countermark.look_up(
            countermark=token, by=call.by, provider_id=call.key.provider_id
        )
        countermark.check_may_be_validated(booking, clock.now())
    return body_of(booking)


def use(call: Call, token: str) -> None:
    with _in_their_words():
        countermark.validate_countermark(
            countermark=token, by=call.by, provider_id=call.key.provider_id
        )


def keep(call: Call, token: str) -> None:
    with _in_their_words():
        countermark.unvalidate_countermark(
            countermark=token, by=call.by, provider_id=call.key.provider_id
        )


def cancel_booking(call: Call, token: str) -> None:
    with _in_their_words():
        cancel.cancel_by_offerer(
            countermark=token, by=call.by, provider_id=call.key.provider_id, within_limit=True
        )


def body_of(booking: Booking) -> dict[str, Any]:
    """API-124; `confirmationDate` is the end of the right to cancel, price in cents for one."""
    offer, person, place = booking.offer, booking.beneficiary, booking.place
    born = person.date_of_birth
    return {
        "id": booking.pk,
        "quantity": booking.quantity,
        "creationDate": instant(booking.booked_at),
        "confirmationDate": instant(booking.cancellation_limit_at),
        "price": booking.amount_cents,
        "status": booking.status,
        "offerId": offer.pk,
        "stockId": booking.stock_id,
        "priceCategoryId": booking.stock.price_category_id,
        "priceCategoryLabel": booking.price_category_label or None,
        "offerName": offer.title,
        "offerEan": str(offer.extra_data.get("ean") or "") or None,
        "offerAddress": place.street or None,
        "offerDepartmentCode": place.department_code or None,
        "venueId": booking.venue_id,
        "venueName": booking.venue.shown_name,
        "venueAddress": booking.venue.street or None,
        "venueDepartementCode": booking.venue.department_code or None,
        "userEmail": person.email,
        "userPhoneNumber": person.phone or None,
        "userFirstName": person.first_name or None,
        "userLastName": person.last_name or None,
        "userBirthDate": born.isoformat() if born else None,
        "userPostalCode": person.postal_code or None,
    }
