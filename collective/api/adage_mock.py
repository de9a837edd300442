"""ADAGE as the sandbox plays it: a booking is moved through its life (public_api.md §5.11).

Refusals are `{"code": …}`, 403, or 404 when the object does not exist or its venue is not linked.
"""

from collections.abc import Callable
from typing import Any

from collective.exceptions import NoBudget, NoSchoolYear, StockNotBookable
from collective.models import CollectiveBooking, CollectiveOffer
from collective.services import book as school
from collective.services import sandbox
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.partner_api.answers import refused
from venues.api.door import Call
from venues.api.venues import venues_of

HEAD = Actor.school("Chef d’établissement, bac à sable")


def book(call: Call, offer_id: int) -> dict[str, Any]:
    """An invented teacher of the offer's school pre-books."""
    offers = CollectiveOffer.objects.filter(pk=offer_id, venue__in=venues_of(call))
    offer = offers.select_related("institution", "stock").first()
    if offer is None:
        raise refused(404, code="OFFER_NOT_FOUND")
    last = offer.last_booking()
    if last is not None and last.status != "CANCELLED":
        raise refused(403, code="OFFER_IS_NOT_BOOKABLE_BECAUSE_BOOKING_EXISTS")
    if offer.institution is None:
        raise refused(403, code="OFFER_IS_NOT_LINKED_TO_AN_INSTITUTION")
    visitor = school.Visitor(
        email="enseignante@bac-a-sable.example",
        uai=offer.institution.uai,
        first_name="Jeanne",
        last_name="Laval",
        civility="Mme",
        may_prebook=True,
    )
    try:
        booking = school.prebook(offer_id=offer.pk, visitor=visitor)
    except NoSchoolYear:
        raise refused(403, code="OFFERS_YEAR_NOT_FOUND") from None
    except StockNotBookable:
        raise refused(403, code="OFFER_IS_NOT_BOOKABLE") from None
    except DomainError as error:
        raise refused(403, code=error.code) from None
    return {"bookingId": booking.pk, "bookingStatus": booking.status}


def confirm(call: Call, booking_id: int) -> None:
    """The head of school; the school's budget must hold the price, as everywhere."""
    _moved(call, booking_id, lambda: school.confirm(booking_id=booking_id, by=HEAD))


def cancel(call: Call, booking_id: int) -> None:
    _moved(call, booking_id, lambda: sandbox.cancel(booking_id=booking_id, by=call.by))


def pending(call: Call, booking_id: int) -> None:
    _moved(call, booking_id, lambda: sandbox.reset(booking_id=booking_id, by=call.by))


def use(call: Call, booking_id: int) -> None:
    _moved(call, booking_id, lambda: sandbox.use(booking_id=booking_id, by=call.by))


def reimburse(call: Call, booking_id: int) -> None:
    _moved(call, booking_id, lambda: sandbox.reimburse(booking_id=booking_id, by=call.by))


def _moved(call: Call, booking_id: int, run: Callable[[], Any]) -> None:
    bookings = CollectiveBooking.objects.filter(pk=booking_id, venue__in=venues_of(call))
    if not bookings.exists():
        raise refused(404, code="BOOKING_NOT_FOUND")
    try:
        run()
    except NoBudget as error:
        raise refused(404, code=error.code) from None
    except DomainError as error:
        raise refused(403, code=error.code) from None
