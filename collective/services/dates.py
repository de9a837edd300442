"""Date, limit and price of the one place (§5.3, §4.6, §4.8)."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from collective import emails, lifecycle, notices, transitions
from collective.enums import (
    Action,
    BookingStatus,
    CancellationReason,
    Change,
    DisplayStatus,
)
from collective.exceptions import ActionNotAllowed, NoSchoolYear, PriceRaised, WrongDates
from collective.models import CollectiveBooking, CollectiveOffer, CollectiveStock, SchoolYear
from collective.models.offers import MAX_PARTICIPANTS, MAX_PRICE_CENTS
from collective.models.schools import start_year_of
from collective.services.common import lock_offer
from passpro.kernel import clock, money
from passpro.kernel.actor import Actor
from passpro.kernel.templatetags.ui import french_date


@dataclass(frozen=True, slots=True)
class Terms:
    """Second step of the wizard; instants in UTC, money in cents."""

    starts_at: datetime
    ends_at: datetime
    booking_limit_at: datetime
    price_cents: int
    participants: int
    price_detail: str = ""


def terms_of(stock: CollectiveStock) -> Terms:
    return Terms(**{one.name: getattr(stock, one.name) for one in fields(Terms)})


@transaction.atomic
def set_terms(*, offer_id: int, terms: Terms, by: Actor) -> CollectiveStock:
    """Write date, limit, price and number; each changed fact needs its own right (§5.3).

    A live booking follows: its limit, and when the start moves its cancellation limit and school
    year. A pre-booking that had expired waits again when the limit moves ahead (§4.6). Dates,
    limit and price each leave a line with the old and the new value.
    Raises ActionNotAllowed, PriceRaised, WrongDates, NoSchoolYear.
    """
    offer, now = lock_offer(offer_id), clock.now()
    terms = _settled(offer, terms)
    stock = lifecycle.stock_of(offer)
    if stock is None:
        lifecycle.require(offer, Action.EDIT_DATES, now, by=by)
        _check(terms, None, now, by)
        return _give_date(offer, terms, by)
    before = terms_of(stock)
    changed = {
        one.name for one in fields(Terms) if getattr(before, one.name) != getattr(terms, one.name)
    }
    if not changed:
        return stock
    _require_rights(offer, before, terms, changed, now, by)
    _check(terms, before, now, by)
    for name in changed:
        setattr(stock, name, getattr(terms, name))
    stock.save(update_fields=sorted(changed))
    booking = offer.last_booking()
    if booking is not None:
        booking.stock = stock
        _carry_over(booking, changed, now, by=by)
    offer.updated_at = now
    offer.save(update_fields=["updated_at"])
    _log(offer, before, terms, changed, by=by)
    notices.queue_edited(booking, changed)
    return stock


def _give_date(offer: CollectiveOffer, terms: Terms, by: Actor) -> CollectiveStock:
    """The first date, or another one after the former was removed."""
    columns = {one.name: getattr(terms, one.name) for one in fields(Terms)}
    stock, is_first = CollectiveStock.objects.update_or_create(
        offer=offer, defaults={**columns, "removed_at": None}
    )
    if not is_first:
        year_of(terms.starts_at)
        why = f"Nouvelle date : {french_date(terms.starts_at, offer.venue.time_zone)}"
        offer = lock_offer(offer.pk)  # the row without the place that was read before
        transitions.note(offer, Change.DATES, by=by, why=f"{why}, {_price(terms)}")
    return stock


@transaction.atomic
def remove_date(*, offer_id: int, by: Actor) -> None:
    """Take the date away to give another one: a pre-booking is cancelled with it (seed 001).

    The offer stays published but teachers do not see it until a date is given; then it can be
    pre-booked again. Raises ActionNotAllowed once booked, and when there is no date.
    """
    offer, now = lock_offer(offer_id), clock.now()
    status = lifecycle.require(offer, Action.EDIT_DATES, now, by=by)
    stock = lifecycle.stock_of(offer)
    if stock is None or status not in {DisplayStatus.PUBLISHED, DisplayStatus.PREBOOKED}:
        raise ActionNotAllowed(status.label)
    stock.removed_at = now
    stock.save(update_fields=["removed_at"])
    booking = offer.last_booking()
    why = f"Date supprimée : {french_date(stock.starts_at, offer.venue.time_zone)}"
    transitions.note(offer, Change.DATES, by=by, why=f"{why}, {_price(terms_of(stock))}")
    if booking is not None:
        transitions.move_booking(
            booking,
            BookingStatus.CANCELLED,
            by=by,
            why=CancellationReason.DATE_REMOVED.label,
            cancelled_at=now,
            cancellation_reason=CancellationReason.DATE_REMOVED,
        )
        emails.queue_cancelled_by_partner(booking)
        notices.queue_cancelled(booking)


@transaction.atomic
def change_deadline(*, offer_id: int, booking_limit_at: datetime, by: Actor) -> CollectiveStock:
    """Move the booking limit alone (seed 000); as `set_terms`."""
    stock = _stock(offer_id)
    return set_terms(
        offer_id=offer_id, terms=replace(terms_of(stock), booking_limit_at=booking_limit_at), by=by
    )


@transaction.atomic
def lower(
    *, offer_id: int, price_cents: int, participants: int, price_detail: str, by: Actor
) -> CollectiveStock:
    """Lower the price, change number and details, until 48 h after the event (§4.8).

    Raises PriceRaised once confirmed, ActionNotAllowed.
    """
    terms = replace(
        terms_of(_stock(offer_id)),
        price_cents=price_cents,
        participants=participants,
        price_detail=price_detail,
    )
    return set_terms(offer_id=offer_id, terms=terms, by=by)


def _stock(offer_id: int) -> CollectiveStock:
    offer = lock_offer(offer_id)
    stock = lifecycle.stock_of(offer)
    if stock is None:
        raise ActionNotAllowed(offer.display_status_at(clock.now()).label)
    return stock


def _settled(offer: CollectiveOffer, terms: Terms) -> Terms:
    """§5.3: a limit on the very day of the event is the event's own start."""
    zone = ZoneInfo(offer.venue.time_zone)
    same_day = (
        terms.booking_limit_at.astimezone(zone).date() == terms.starts_at.astimezone(zone).date()
    )
    return replace(terms, booking_limit_at=terms.starts_at) if same_day else terms


_DATES = {"starts_at", "ends_at", "booking_limit_at"}


def _require_rights(
    offer: CollectiveOffer,
    before: Terms,
    after: Terms,
    changed: set[str],
    now: datetime,
    by: Actor,
) -> None:
    if changed & _DATES:
        lifecycle.require(offer, Action.EDIT_DATES, now, by=by)
    if changed - _DATES:
        lifecycle.require(offer, Action.EDIT_DISCOUNT, now, by=by)
    status = offer.display_status_at(now)
    allowed = lifecycle.allowed_actions(status, lifecycle.stock_of(offer), now)
    if after.price_cents > before.price_cents and Action.EDIT_DETAILS not in allowed:
        raise PriceRaised(field="price")


def _check(terms: Terms, before: Terms | None, now: datetime, by: Actor) -> None:
    """Shape of the dates; only what moves must be ahead. Software may say 0 people (§2.5)."""
    moved = {
        name for name in _DATES if before is None or getattr(before, name) != getattr(terms, name)
    }
    if "starts_at" in moved and terms.starts_at <= now:
        raise WrongDates("L’événement doit être à venir.", field="starts_at")
    if terms.ends_at < terms.starts_at:
        raise WrongDates("La fin ne peut pas précéder le début.", field="ends_at")
    if terms.booking_limit_at > terms.starts_at:
        raise WrongDates(
            "La date limite de réservation ne peut pas suivre l’événement.",
            field="booking_limit_at",
        )
    if "booking_limit_at" in moved and terms.booking_limit_at <= now:
        raise WrongDates(
            "La date limite de réservation doit être à venir.", field="booking_limit_at"
        )
    if start_year_of(terms.starts_at) != start_year_of(terms.ends_at):
        raise WrongDates(
            "Le début et la fin doivent être dans la même année scolaire, "
            "du 1er septembre au 31 août.",
            field="ends_at",
        )
    if not 0 <= terms.price_cents <= MAX_PRICE_CENTS:
        raise WrongDates("Le prix va de 0 à 60 000 €.", field="price")
    least = 0 if by.kind == "API_KEY" else 1
    if not least <= terms.participants <= MAX_PARTICIPANTS:
        raise WrongDates("Le nombre de participants va de 1 à 3 000.", field="participants")


def _carry_over(booking: CollectiveBooking, changed: set[str], now: datetime, *, by: Actor) -> None:
    """The booking keeps up with its place (§5.3, §4.6)."""
    stock = booking.stock
    if "booking_limit_at" in changed:
        booking.confirmation_limit_at = stock.booking_limit_at
    if "starts_at" in changed:
        booking.cancellation_limit_at = cancellation_limit(stock.starts_at, now)
        booking.year = year_of(stock.starts_at)
    booking.save(update_fields=["confirmation_limit_at", "cancellation_limit_at", "year"])
    if (
        booking.status == BookingStatus.CANCELLED
        and booking.cancellation_reason == CancellationReason.EXPIRED
        and stock.booking_limit_at > now
    ):
        transitions.move_booking(
            booking,
            BookingStatus.PENDING,
            by=by,
            why="Nouvelle date limite de réservation",
            cancelled_at=None,
            cancellation_reason="",
        )


def cancellation_limit(starts_at: datetime, since: datetime) -> datetime:
    """§4.4: days before the event, never before the booking itself."""
    return max(starts_at - settings.HEAD_CANCELLATION_BEFORE_EVENT, since)


def year_of(starts_at: datetime) -> SchoolYear:
    """The school year that holds the event; raises NoSchoolYear."""
    found: SchoolYear | None = SchoolYear.objects.at(start_year_of(starts_at)).first()
    if found is None:
        raise NoSchoolYear
    return found


def _log(
    offer: CollectiveOffer, before: Terms, after: Terms, changed: set[str], *, by: Actor
) -> None:
    zone = offer.venue.time_zone
    if changed & {"starts_at", "ends_at"}:
        why = f"{french_date(before.starts_at, zone)} → {french_date(after.starts_at, zone)}"
        transitions.note(offer, Change.DATES, by=by, why=why)
    if "booking_limit_at" in changed:
        old, new = before.booking_limit_at, after.booking_limit_at
        why = f"{french_date(old, zone)} → {french_date(new, zone)}"
        transitions.note(offer, Change.LIMIT, by=by, why=why)
    if changed & {"price_cents", "participants", "price_detail"}:
        why = f"{_price(before)} → {_price(after)}"
        transitions.note(offer, Change.PRICE, by=by, why=why)


def _price(terms: Terms) -> str:
    return f"{money.euros(terms.price_cents)} pour {terms.participants}"
