"""Book places on a stock with the credit of a young person."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, Exists, Func, OuterRef

from bookings import countermarks, emails, exceptions, notices, transitions
from bookings.cancellation import cancellation_limit
from bookings.constants import COUNTERMARK_DRAWS, DUO_QUANTITY
from bookings.enums import BookingStatus, Ceiling, ValidationAuthor
from bookings.local_share import shares_of, spending_shares
from bookings.models import Booking, Deposit, LocalCredit
from bookings.services import tickets
from offers.models import ActivationCode, Offer, Stock
from offers.querysets import StockQuerySet
from offers.services.activation_codes import taking_code
from offers.services.places import taking_places
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.db import Given, Read, Statement
from passpro.kernel.templatetags.ui import french_date
from venues.models import Venue

_COUNTERMARK_COLUMN = "(countermark)"
_ONE_LIVE_PER_OFFER = "booking_one_live_per_person_and_offer"


def book_offer(*, beneficiary: User, stock_id: int, quantity: int, by: Actor) -> Booking:
    """Take `quantity` places (1, or 2 when duo) and charge the credit, all or nothing (§5.2, §5.3).

    Raises a BookingRefused subclass, first failing check of BKG-10 to BKG-20 wins, or
    NoCountermarkLeft. Local credits pay first, the deposit the rest (STR-006).
    Locks Stock, LocalCredit, then Deposit; e-mails MSG-01 or MSG-02, and MSG-03.
    Where a partner sells the places, it is asked once all other checks have passed, without any
    lock; then everything is checked again (services/tickets.py).
    """
    held: tickets.Held | None = None
    for _ in range(COUNTERMARK_DRAWS):
        try:
            with transaction.atomic():
                return _book(beneficiary, stock_id, quantity, countermarks.draw(), by, held)
        except tickets.TicketsWanted as wanted:
            held = tickets.sell(wanted.booking)
        except transitions.OfferMoved:
            continue  # the next try reads the offer at its new venue
        except IntegrityError as error:
            if _ONE_LIVE_PER_OFFER in str(error):
                # Two requests at once on two dates of one offer: the database decides (BKG-13).
                raise exceptions.AlreadyBooked from None
            if _COUNTERMARK_COLUMN not in str(error):
                raise
    raise exceptions.NoCountermarkLeft


def _book(
    user: User,
    stock_id: int,
    quantity: int,
    countermark: str,
    by: Actor,
    held: tickets.Held | None,
) -> Booking:
    now = clock.now()
    if held:
        tickets.claim(held)
    stock = _STOCK.first(stock_id=stock_id, user_id=user.pk)
    if stock is None:
        raise exceptions.UnknownStock
    if held:
        tickets.agree_on_places(held, stock=stock, quantity=quantity)
    offer, total_cents = stock.offer, stock.price_cents * quantity

    _check_category(user, stock, offer)
    if stock.is_already_booked:  # type: ignore[attr-defined]  # annotated by the read
        raise exceptions.AlreadyBooked
    if quantity != 1 and not (offer.is_duo and quantity == DUO_QUANTITY):
        raise exceptions.WrongQuantity(field="quantity")
    if not (stock.is_bookable(now) and offer.is_open_to_booking(now)):
        _check_opening(stock, offer, now)
        raise exceptions.StockNotBookable
    if stock.remaining is not None and stock.remaining < quantity:
        raise exceptions.StockNotBookable(
            "Il ne reste qu’une place à cette date : réserve pour une personne.", field="quantity"
        )
    shares = []
    if total_cents and stock.has_local_credit:  # type: ignore[attr-defined]
        shares = shares_of(user, offer, total_cents, now, locked=True)
    local_cents = sum(share.cents for share in shares)
    rest_cents, ceiling = total_cents - local_cents, ceiling_of(offer)
    purse = check_credit(
        _DEPOSIT.first(user_id=user.pk), rest_cents, ceiling, now, local_cents=local_cents
    )

    code = _free_code(stock, now) if stock.has_codes else None
    is_member = stock.price_cents == 0 and offer.subcategory.auto_used_when_free
    used_at_once = code is not None or is_member
    booking = Booking(
        id=stock.next_booking_id,  # type: ignore[attr-defined]
        stock=stock,
        offer=offer,
        venue=offer.venue,
        offerer=offer.venue.offerer,
        beneficiary=user,
        deposit=purse.deposit,
        activation_code=code,
        quantity=quantity,
        amount_cents=stock.price_cents,
        local_cents=local_cents,
        price_category_label=stock.price_category.label if stock.price_category else "",
        ceiling=ceiling if purse.deposit else Ceiling.NONE,
        countermark=countermark,
        status=BookingStatus.USED if used_at_once else BookingStatus.CONFIRMED,
        booked_at=now,
        cancellation_limit_at=cancellation_limit(now, stock.beginning_at),
        used_at=now if used_at_once else None,
        validated_by=ValidationAuthor.AUTO if used_at_once else "",
        has_tickets=offer.is_ticketed,
    )
    if offer.is_ticketed and held is None:
        raise tickets.TicketsWanted(booking)
    along = [taking_places(stock=stock, quantity=quantity)]
    if purse.deposit and rest_cents:
        along.append(spending(purse.deposit, rest_cents, ceiling))
    if code:
        along.append(taking_code(code))
    along += spending_shares(booking, shares, by)
    along += emails.booked(
        booking,
        is_first_of_venue=not stock.venue_has_bookings,  # type: ignore[attr-defined]
        remaining_cents=purse.remaining_cents - rest_cents,
        shares=shares,
        tickets=held.tickets if held else (),
        bank_missing=not stock.venue_is_paid,  # type: ignore[attr-defined]
    )
    transitions.open_booking(booking, by=by, along=along)
    if held:
        tickets.keep(held, booking=booking)
    elif offer.provider_id is not None:
        notices.queue_booked(booking)
    return booking


def _bookable_stocks() -> StockQuerySet:
    of_person = Booking.objects.filter(beneficiary=Given("user_id"), offer=OuterRef("offer"))
    local = LocalCredit.objects.of_person(Given("user_id")).left()
    of_venue = Booking.objects.filter(venue=OuterRef("offer__venue"))
    return (
        Stock.objects.lock_for_booking()
        .select_related("offer__venue__offerer", "price_category")
        .annotate(
            is_already_booked=Exists(of_person.live()),
            venue_has_bookings=Exists(of_venue),
            venue_is_paid=Exists(Venue.objects.paid().filter(pk=OuterRef("offer__venue"))),
            # Few people have one: whoever has none pays no statement for it.
            has_local_credit=Exists(local),
            # Known before the insert, so that the e-mails can go along; a refusal leaves a gap.
            next_booking_id=Func(
                template="nextval('bookings_booking_id_seq')", output_field=BigIntegerField()
            ),
        )
        .filter(pk=Given("stock_id"))
        .order_by()
    )


# BKG-10; one locking read brings all that the checks need about the offer.
_STOCK = Read(_bookable_stocks)
# The current deposit (CRD-01): latest expiry first.
_DEPOSIT = Read(
    lambda: (
        Deposit.objects.lock_for_spending()
        .filter(user=Given("user_id"))
        .order_by("-expires_at", "-pk")
    )
)


def _check_opening(stock: Stock, offer: Offer, now: datetime) -> None:
    """API-61: nothing else stands in the way, it only begins later; raises NotYetBookable."""
    opens_at = offer.booking_allowed_at
    if opens_at is not None and opens_at > now and offer.is_released(now):
        if stock.is_bookable(now):
            raise exceptions.NotYetBookable(french_date(opens_at, offer.venue.time_zone))


# The next code of a stock (STK-84); the lock of the stock makes people wait for one another.
_CODE = Read(
    lambda: ActivationCode.objects.filter(stock=Given("stock_id"), is_taken=False).order_by("pk")
)


def _free_code(stock: Stock, now: datetime) -> ActivationCode:
    """BKG-19, STK-85: raises StockNotBookable when all are given, or expired."""
    is_over = stock.codes_expire_at is not None and stock.codes_expire_at <= now
    code = None if is_over else _CODE.first(stock_id=stock.pk)
    if code is None:
        raise exceptions.StockNotBookable
    return code


def _check_category(user: User, stock: Stock, offer: Offer) -> None:
    """BKG-11 and BKG-12 (STK-95)."""
    is_free, subcategory = stock.price_cents == 0, offer.subcategory
    is_open = (
        subcategory.open_to_underage_when_free
        if is_free
        else subcategory.open_to_underage_when_paid
    )
    if not is_open and user.beneficiary_role != User.BeneficiaryRole.AGE_18:
        raise exceptions.CategoryNotBookable
    if is_free and not user.is_beneficiary:
        raise exceptions.CannotBookFreeOffers


def ceiling_of(offer: Offer) -> str:
    """CRD-08."""
    if offer.is_digital:
        return Ceiling.DIGITAL if offer.subcategory.counts_in_digital_ceiling else Ceiling.NONE
    return Ceiling.PHYSICAL if offer.subcategory.counts_in_physical_ceiling else Ceiling.NONE


@dataclass(frozen=True, slots=True)
class Purse:
    """The deposit to charge (None when expired and the place is free) and what it still holds."""

    deposit: Deposit | None
    remaining_cents: int


def check_credit(
    deposit: Deposit | None, cents: int, ceiling: str, now: datetime, *, local_cents: int = 0
) -> Purse:
    """BKG-16 to BKG-18 and BKG-21 to BKG-23; spending the last cent is allowed.

    `cents` is what local credits, which pay `local_cents` and know no ceiling, leave to pay.
    """
    if deposit is None:
        if local_cents and not cents:
            return Purse(deposit=None, remaining_cents=0)
        raise exceptions.InsufficientCredit(
            "Tu n’as pas de crédit : il faut être bénéficiaire du pass pour réserver."
        )
    remaining = deposit.remaining_cents(now)
    if cents > remaining:
        raise exceptions.InsufficientCredit
    if ceiling == Ceiling.DIGITAL and deposit.digital_ceiling_cents is not None:
        if deposit.digital_spent_cents + cents > deposit.digital_ceiling_cents:
            raise exceptions.DigitalCeilingReached
    if ceiling == Ceiling.PHYSICAL and deposit.physical_ceiling_cents is not None:
        if deposit.physical_spent_cents + cents > deposit.physical_ceiling_cents:
            raise exceptions.PhysicalCeilingReached
    return Purse(deposit=None if deposit.expires_at <= now else deposit, remaining_cents=remaining)


_SPEND = """
    UPDATE bookings_deposit SET
        spent_cents = spent_cents + %s,
        digital_spent_cents = digital_spent_cents + %s,
        physical_spent_cents = physical_spent_cents + %s
    WHERE id = %s
"""


def spending(deposit: Deposit, cents: int, ceiling: str) -> Statement:
    """The write that moves the counters of a locked deposit; the constraints have the last word
    (BKG-25)."""
    digital = cents if ceiling == Ceiling.DIGITAL else 0
    physical = cents if ceiling == Ceiling.PHYSICAL else 0
    return Statement(_SPEND, [cents, digital, physical, deposit.pk])
