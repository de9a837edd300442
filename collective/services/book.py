"""The school's side: pre-book, confirm under the budget's lock, refuse (§4.1 to §4.4)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum

from collective import emails, notices, transitions
from collective.enums import BookingStatus, CancellationReason
from collective.exceptions import (
    BookingCancelled,
    CancelledMeanwhile,
    ConfirmationLimitPassed,
    IncompleteIdentity,
    InsufficientFund,
    InsufficientMinistryFund,
    InsufficientTemporaryFund,
    NoBudget,
    NotRefusable,
    StockNotBookable,
    UnknownBooking,
    UnknownInstitution,
    WrongUai,
)
from collective.models import (
    CollectiveBooking,
    CollectiveOffer,
    Institution,
    SchoolBudget,
    SchoolYear,
)
from collective.services.common import lock_offer
from collective.services.dates import cancellation_limit, year_of
from collective.services.details import find_redactor
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition

# Events of September to December.
AUTUMN_BEGINS = 9


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who entered by a signed address; texts are empty when ADAGE did not give them."""

    email: str
    uai: str = ""
    first_name: str = ""
    last_name: str = ""
    civility: str = ""
    may_prebook: bool = False
    # Degrees of the school, when ADAGE gives them.
    latitude: float | None = None
    longitude: float | None = None

    @property
    def actor(self) -> Actor:
        """How the history names a teacher, who has no account."""
        return Actor.school(f"{self.first_name} {self.last_name}".strip() or self.email)


@transaction.atomic
def prebook(*, offer_id: int, visitor: Visitor) -> CollectiveBooking:
    """A teacher takes the one place for the class; the head must then confirm (§4.1).

    Of two teachers at the same moment exactly one succeeds. The partner is told by e-mail.
    Raises, in this order: IncompleteIdentity, UnknownInstitution, StockNotBookable, NoSchoolYear,
    WrongUai.
    """
    if not visitor.may_prebook or not all((visitor.email, visitor.first_name, visitor.last_name)):
        raise IncompleteIdentity
    institution = Institution.objects.filter(uai=visitor.uai, is_active=True).first()
    if institution is None:
        raise UnknownInstitution
    now = clock.now()
    offer = _lock(offer_id)
    if offer is None or not CollectiveOffer.objects.bookable(now).filter(pk=offer_id).exists():
        raise StockNotBookable
    stock = offer.stock
    year = year_of(stock.starts_at)
    if offer.institution_id != institution.pk:
        raise WrongUai
    redactor = find_redactor(
        email=visitor.email,
        first_name=visitor.first_name,
        last_name=visitor.last_name,
        civility=visitor.civility,
    )
    booking = CollectiveBooking(
        stock=stock,
        venue=offer.venue,
        institution=institution,
        year=year,
        redactor=redactor,
        status=BookingStatus.PENDING,
        created_at=now,
        confirmation_limit_at=stock.booking_limit_at,
        cancellation_limit_at=cancellation_limit(stock.starts_at, now),
    )
    try:
        with transaction.atomic():
            transitions.open_booking(booking, by=visitor.actor)
    except IntegrityError as error:
        raise StockNotBookable from error
    emails.queue_prebooked(booking)
    notices.queue_prebooked(booking)
    return booking


def _lock(offer_id: int) -> CollectiveOffer | None:
    return CollectiveOffer.objects.lock_for_change().filter(pk=offer_id).first()


def locked_booking(booking_id: int) -> CollectiveBooking:
    """The booking, under the lock of its offer; raises UnknownBooking."""
    found = CollectiveBooking.objects.filter(pk=booking_id).values_list("stock__offer", flat=True)
    if not found:
        raise UnknownBooking
    lock_offer(found[0])
    booking: CollectiveBooking = CollectiveBooking.objects.with_facts().get(pk=booking_id)
    return booking


@transaction.atomic
def confirm(*, booking_id: int, by: Actor) -> CollectiveBooking:
    """The head of school books: the budget is charged, never beyond what it holds (§4.2).

    Already confirmed, used or paid: nothing changes and nobody is told. The budget's row lock
    makes heads who confirm at once wait for each other. Raises UnknownBooking, BookingCancelled,
    ConfirmationLimitPassed, NoBudget, InsufficientFund, InsufficientTemporaryFund,
    InsufficientMinistryFund.
    """
    booking, now = locked_booking(booking_id), clock.now()
    if booking.status == BookingStatus.CANCELLED:
        raise BookingCancelled
    if booking.status != BookingStatus.PENDING:
        return booking
    if now >= booking.confirmation_limit_at:
        raise ConfirmationLimitPassed
    budget = budget_for(booking, now)
    if budget is None:
        raise NoBudget
    spent = CollectiveBooking.objects.counted().filter(budget=budget).total_cents()
    if spent + booking.stock.price_cents > budget.spendable_cents:
        raise InsufficientFund if budget.is_final else InsufficientTemporaryFund
    _check_ministry(booking, budget)
    transitions.move_booking(
        booking, BookingStatus.CONFIRMED, by=by, confirmed_at=now, budget=budget
    )
    emails.queue_booked(booking)
    return booking


def _check_ministry(booking: CollectiveBooking, budget: SchoolBudget) -> None:
    """In autumn a ministry spends a third of its year at most (§4.2), where the rule is on.

    The row of the year makes the heads of all its schools wait for each other; raises
    InsufficientMinistryFund.
    """
    month = clock.paris_day(booking.stock.starts_at).month
    if not settings.SCHOOL_MINISTRY_CEILING or month < AUTUMN_BEGINS:
        return
    SchoolYear.objects.select_for_update(no_key=True).get(pk=booking.year_id)
    budgets = SchoolBudget.objects.filter(year=booking.year_id, ministry=budget.ministry)
    spent = CollectiveBooking.objects.counted().filter(budget__in=budgets).total_cents()
    total = budgets.aggregate(total=Sum("amount_cents"))["total"] or 0
    if (spent + booking.stock.price_cents) * 3 > total:
        raise InsufficientMinistryFund


def budget_for(booking: CollectiveBooking, now: datetime) -> SchoolBudget | None:
    """The budget that pays, locked: of the event's school year, the period of the confirmation.

    Confirmed in another calendar year than the event's: the period of that year's start (§4.2).
    """
    event_year = clock.paris_day(booking.stock.starts_at).year
    reference = now
    if clock.paris_day(now).year != event_year:
        reference = clock.paris_midnight(date(event_year, 1, 1))
    # Before the school year opens, its first day speaks for it.
    reference = max(reference, booking.year.starts_at)
    budgets = SchoolBudget.objects.filter(institution=booking.institution, year=booking.year)
    fitting = [one for one in budgets if one.bounds[0] <= reference <= one.bounds[1]]
    if not fitting:
        return None
    narrowest = min(fitting, key=lambda one: one.bounds[1] - one.bounds[0])
    return SchoolBudget.objects.select_for_update(of=("self",), no_key=True).get(pk=narrowest.pk)


@transaction.atomic
def refuse(*, booking_id: int, by: Actor) -> CollectiveBooking:
    """The head of school says no: a pre-booking always, a booking until its limit (§4.3).

    Already cancelled: nothing changes. The budget is free again. Raises UnknownBooking,
    NotRefusable, CancelledMeanwhile when another writer was faster in spite of the lock.
    """
    booking, now = locked_booking(booking_id), clock.now()
    if booking.status == BookingStatus.CANCELLED:
        return booking
    if not booking.may_be_cancelled_by_head(now):
        raise NotRefusable
    was_pending = booking.status == BookingStatus.PENDING
    reason = (
        CancellationReason.REFUSED_BY_INSTITUTE
        if was_pending
        else CancellationReason.REFUSED_BY_HEADMASTER
    )
    try:
        transitions.move_booking(
            booking,
            BookingStatus.CANCELLED,
            by=by,
            why=reason.label,
            cancelled_at=now,
            cancellation_reason=reason,
        )
    except ForbiddenTransition:
        raise CancelledMeanwhile from None
    emails.queue_cancelled(booking)
    return booking
