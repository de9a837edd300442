"""The desk: look a countermark up, validate it, take the validation back (§6.2)."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings import countermarks, exceptions, transitions
from bookings.enums import BookingStatus, ValidationAuthor
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.db import Given, Read
from venues.services.synchronisations import use_link


def look_up(
    *, countermark: str, by: Actor, offerer_id: int | None = None, provider_id: int | None = None
) -> Booking:
    """The booking of a code, in any state, with what the desk shows (one query).

    `offerer_id` is the structure of the API key; `provider_id` its partner, for which only the
    venues that authorised it exist (API-20). Raises UnknownCountermark (DSK-52),
    NoRightOnBooking (DSK-53).
    """
    return _find(_SHOWN, countermark, by, offerer_id, provider_id)


def check_may_be_validated(booking: Booking, now: datetime) -> None:
    """DSK-20, first failure wins: InPayment, CountermarkAlreadyUsed, CountermarkCancelled,
    NotYetUsable (dated, and its beneficiary may still cancel)."""
    if booking.is_in_payment:
        raise exceptions.InPayment
    if booking.status == BookingStatus.USED:
        raise exceptions.CountermarkAlreadyUsed
    if booking.status == BookingStatus.CANCELLED:
        raise exceptions.CountermarkCancelled
    limit = booking.cancellation_limit_at
    if limit is not None and limit > now:
        local = limit.astimezone(ZoneInfo(booking.time_zone))
        raise exceptions.NotYetUsable(
            f"Vous pourrez valider cette contremarque à partir du {local:%d/%m/%Y} à {local:%H:%M},"
            " une fois le délai d’annulation passé."
        )


@transaction.atomic
def validate_countermark(
    *,
    countermark: str,
    by: Actor,
    offerer_id: int | None = None,
    provider_id: int | None = None,
    why: str = "",
) -> Booking:
    """Mark the booking as used (DSK-20); no e-mail. `why` goes to its history.

    Raises what look_up and the checks raise.
    """
    now = clock.now()
    booking = _find(_LOCKED, countermark, by, offerer_id, provider_id)
    check_may_be_validated(booking, now)
    transitions.move(
        booking,
        BookingStatus.USED,
        by=by,
        at=now,
        why=why,
        used_at=now,
        validated_by=ValidationAuthor.OFFERER,
    )
    return booking


@transaction.atomic
def unvalidate_countermark(
    *,
    countermark: str,
    by: Actor,
    offerer_id: int | None = None,
    provider_id: int | None = None,
    why: str = "",
) -> Booking:
    """Take a validation back (DSK-30).

    Raises CodeCannotBeKept, CancelledCannotBeKept, PaidCannotBeKept, NotUsed.
    """
    booking = _find(_LOCKED, countermark, by, offerer_id, provider_id)
    if booking.activation_code_id is not None:
        raise exceptions.CodeCannotBeKept
    if booking.status == BookingStatus.CANCELLED:
        raise exceptions.CancelledCannotBeKept
    if booking.is_in_payment:
        raise exceptions.PaidCannotBeKept
    if booking.status != BookingStatus.USED:
        raise exceptions.NotUsed
    transitions.move(
        booking, BookingStatus.CONFIRMED, by=by, why=why, used_at=None, validated_by=""
    )
    return booking


def _reads(bookings: Callable[[], BookingQuerySet]) -> dict[str, Read[Booking]]:
    """The same read for a key and, with the right of the person in the same query, for a user."""
    code, user_id = Given("code"), Given("user_id")
    return {
        "API_KEY": Read(lambda: bookings().filter(countermark=code).order_by()),
        "USER": Read(lambda: bookings().with_right_of(user_id).filter(countermark=code).order_by()),
    }


_SHOWN = _reads(Booking.objects.with_desk_data)
_LOCKED = _reads(Booking.objects.locked)


def _find(
    reads: dict[str, Read[Booking]],
    countermark: str,
    by: Actor,
    offerer_id: int | None,
    provider_id: int | None,
) -> Booking:
    """Rights are part of the same read: a person's attachment, or the structure of the key."""
    code = countermarks.normalise(countermark)
    if not countermarks.is_well_formed(code):
        raise exceptions.UnknownCountermark
    booking = reads[by.kind].first(code=code, user_id=by.user_id)
    if booking is None:
        raise exceptions.UnknownCountermark
    if provider_id is not None:
        if not use_link(provider_id=provider_id, venue_id=booking.venue_id):
            raise exceptions.UnknownCountermark
        return booking
    if by.kind == "USER":
        allowed: bool = booking.has_right  # type: ignore[attr-defined]  # with_right_of
    else:
        allowed = booking.offerer_id == offerer_id
    if not allowed:
        raise exceptions.NoRightOnBooking
    return booking
